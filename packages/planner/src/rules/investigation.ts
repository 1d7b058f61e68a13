import { readBlocks } from './blocks.ts'
import { createDraft, trim } from './drafts.ts'
import { normalize } from './normalize.ts'
import { nothing, type Plan } from './plan.ts'
import { tokenize } from './tokens.ts'

const longestDescription = 4_000

/** The one task a "yes" to the offer of an investigation starts: it carries what was said as words to look into, whatever they speak of. */
export function investigate (message: string): Plan {
  const { text } = normalize(message)
  const sentences = readBlocks(text).flatMap((block) => block.kind === 'sentence' ? [block.tokens] : block.items.map(({ tokens }) => tokens))
  const about = sentences.find((tokens) => trim(tokens).length > 2) ?? tokenize(text.slice(0, 200))
  const draft = createDraft({
    verb: 'investigate',
    object: trim(about),
    named: trim(about),
    qualifier: [],
    setting: [],
    priority: null,
    conditions: [],
    description: `Look into this and report what you find; change nothing. The person said: “${text.slice(0, longestDescription)}”`
  })
  return { ...nothing, drafts: [draft] }
}
