import t from 'tap'
import { run } from './rules/score.ts'
import { sentences } from './sentences/index.ts'

const percent = (part: number, whole: number): string => whole === 0 ? '100 %' : `${(100 * part / whole).toFixed(1)} %`
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

t.test('every sentence of the table gets the calls a person would expect', (t) => {
  const all = Object.values(sentences).flat()
  t.ok(all.length >= 150, `${all.length} sentences`)
  for (const [group, list] of Object.entries(sentences)) {
    for (const outcome of list.map(run)) t.strictSame(outcome.faults, [], `${group}: ${JSON.stringify(outcome.say)}`)
  }
  const outcomes = all.map(run)
  const matched = sum(outcomes.map(({ expected, created }) => Math.min(expected, created)))
  const created = sum(outcomes.map((outcome) => outcome.created))
  const expected = sum(outcomes.map((outcome) => outcome.expected))
  const edges = outcomes.map((outcome) => outcome.edges)
  const right = sum(edges.map((edge) => edge.right))
  t.comment(`sentences right: ${percent(outcomes.filter(({ faults }) => faults.length === 0).length, outcomes.length)} of ${outcomes.length}`)
  t.comment(`tasks: precision ${percent(matched, created)}, recall ${percent(matched, expected)}; categories: ${percent(sum(outcomes.map(({ categories }) => categories)), expected)}`)
  t.comment(`dependencies: precision ${percent(right, sum(edges.map(({ found }) => found)))}, recall ${percent(right, sum(edges.map((edge) => edge.expected)))}`)
  t.comment(`false creations: ${sum(outcomes.map(({ expected, created }) => expected === 0 ? created : 0))}`)
  t.end()
})
