import t from 'tap'
import { normalize } from '../../src/rules/normalize.ts'
import { planMessage } from '../../src/rules/plan.ts'
import { sentences } from '../sentences/index.ts'

t.test('what is quoted of a message stands in it word for word, whatever was corrected', async (t) => {
  const wrong = Object.values(sentences).flat().flatMap(({ say }) => {
    const { text } = normalize(say)
    const written = text.replaceAll('**', '').replace(/\s+/g, ' ')
    const { drafts, asides, held } = planMessage(say, [])
    // What stands in a list is told with the words above it: “Out of scope: set up quotas”.
    const notes = drafts.flatMap(({ description }) => /\n\nThe person also said: (.*)/.exec(description)?.[1]?.split(/(?<=\.) (?=\S)/) ?? [])
    const quotes = [...notes.map((note) => note.replace(/\.$/, '')).flatMap((note) => written.includes(note) ? [note] : note.split(/: |; /)), ...asides.map(({ words }) => words), ...held.flatMap(({ until, why }) => why === 'doubt' || why === 'lead-in' ? [until] : [])]
    return quotes.filter((quote) => !written.includes(quote)).map((quote) => ({ say, quote }))
  })
  t.strictSame(wrong, [])
})

t.test('a worker is never told the opposite of what was said', async (t) => {
  const { drafts } = planMessage('Scan the images. Delete the staging database. Oh wait, not staging, I meant dev. Do not touch prod.', [])
  t.match(drafts.map(({ title }) => title), ['Scan Images', 'Delete Dev Database'])
  for (const { description } of drafts) t.match(description, /The person also said: Do not touch prod\.$/)
  const unsure = planMessage('Delete the staging database. Oh wait, not QA, I meant dev.', [])
  t.strictSame(unsure.drafts, [], 'where it is not plain what is corrected, nothing starts')
  t.match(unsure.held, [{ until: 'Oh wait, not QA, I meant dev' }])
})
