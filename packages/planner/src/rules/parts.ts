import type { Block } from './blocks.ts'
import { readFront } from './front.ts'
import { determiners, negations } from './lexicon.ts'
import { matchPhrase, type Token } from './tokens.ts'
import { clauseStarts, verbAtFront } from './verbs.ts'

/** Sentences that say in one what is meant as two: "don't just scan it, fix it too", "Alice sets up CI, you do the monitoring". */
export function unfoldParts (block: Block, at: number, blocks: readonly Block[]): Block[] {
  if (block.kind === 'list') return [block]
  const both = bothMeant(block.tokens, blocks[at + 1])
  if (both) return [{ ...block, tokens: both }]
  return shared(block.tokens).map((tokens) => ({ ...block, tokens }))
}

/** "Don't just scan the manifests, fix them too" wants both; null for what is no more than a refusal. */
function bothMeant (tokens: readonly Token[], next: Block | undefined): readonly Token[] | null {
  const negation = matchPhrase(tokens, 0, negations)
  if (negation === 0 || !/^(?:just|only|merely|simply)$/.test(tokens[negation]?.lower ?? '')) return null
  const said = tokens.slice(negation + 1)
  const further = said.findIndex(({ lower, text, depth }, i) => i > 0 && depth === 0 && (/^[,;–—-]$/.test(text) || lower === 'but' || lower === 'and') && clauseStarts(said, i + 1, false) && !readFront(said.slice(i + 1)).negated)
  const goesOn = next?.kind === 'sentence' && !readFront(next.tokens).negated && next.tokens.some(({ lower }) => /^(?:too|also|well)$/.test(lower))
  return verbAtFront(said, 0) && (further !== -1 || goesOn) ? said : null
}

const agents = /^(?:i|i'll|we|we'll|she|she'll|he|he'll|they|they'll|somebody|someone)$/
const doing = /^(?:will|does|do|takes?|handles?|sets?|is|are|has|have|deploys?|can|can't|going|already|gets?|writes?|builds?|looks?|owns?)$|'(?:ll|s|re|ve)$/

/** "Alice will set up the CI pipeline, you do the monitoring": what somebody else does is told, and what "you" are to do is asked. */
function shared (tokens: readonly Token[]): (readonly Token[])[] {
  const at = tokens.findIndex(({ lower, depth }, i) => i > 2 && depth === 0 && lower === 'you' && /^(?:,|;|–|—|-|and|while|but|so)$/.test(tokens[i - 1]?.lower ?? '') && verbAtFront(tokens, i + 1)?.gerund === false)
  const [first] = tokens
  const agent = first?.kind === 'word' && (agents.test(first.lower) || determiners.has(first.lower) || /^\p{Lu}\p{Ll}+$/u.test(first.text))
  if (at === -1 || !agent || verbAtFront(tokens, 0) || !tokens.slice(0, 6).some(({ lower }) => doing.test(lower))) return [tokens]
  let end = at
  while (end > 0 && /^(?:,|;|–|—|-|and|while|but|so)$/.test(tokens[end - 1]?.lower ?? '')) end--
  return [tokens.slice(0, end), withTheirVerb(tokens.slice(0, end), tokens.slice(at + 1))]
}

/** "You do the monitoring" is to set it up, where that is what Alice does with the pipeline. */
function withTheirVerb (theirs: readonly Token[], ours: readonly Token[]): readonly Token[] {
  const will = theirs.findIndex(({ lower }) => /^(?:will|can|does|do)$|'ll$/.test(lower))
  const verb = will === -1 ? null : verbAtFront(theirs, will + 1)
  return verb && !verb.gerund && ours[0]?.lower === 'do' && determiners.has(ours[1]?.lower ?? '') ? [...theirs.slice(will + 1, will + 1 + verb.length), ...ours.slice(1)] : ours
}
