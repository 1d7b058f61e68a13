import { determiners } from './lexicon.ts'
import type { Token } from './tokens.ts'
import { verbAtFront } from './verbs.ts'

export interface Passive {
  verb: string
  object: readonly Token[]
}

/** "The certificate needs to be renewed", and where it is asked for also "all images should be scanned": the work without who does it. */
export function readPassive (tokens: readonly Token[], asked: boolean): Passive | null {
  const at = tokens.findIndex(({ lower }, i) => i > 0 && /^(?:needs?|has|have|must|should|ought)$/.test(lower) && lengthOfBe(tokens, i) > 0)
  if (at === -1 || at > 12) return null
  const modal = tokens[at]?.lower ?? ''
  const subject = tokens.slice(0, at)
  if ((!asked && (/^(?:should|ought)$/.test(modal) || !determiners.has(subject[0]?.lower ?? ''))) || !subject.every(({ kind }) => kind === 'word' || kind === 'quote')) return null
  if (/^(?:it|they|this|that|we|you|i|what|which|who|there|nothing|nobody|no)$/.test(subject[0]?.lower ?? '') && subject.length === 1) return null
  const rest = tokens.slice(at + lengthOfBe(tokens, at))
  if (rest.some(({ lower }) => /^(?:by|already|if|unless|because|before)$/.test(lower))) return null
  const verb = verbAtFront(withBase([...rest.slice(0, 1), ...subject]), 0)
  return verb && verb.length <= rest.length ? { verb: verb.base, object: [...subject, ...rest.slice(verb.length)] } : null
}

/** "Every service should have a readiness probe, please": what is to be there is added. */
export function readWanting (tokens: readonly Token[]): Passive | null {
  const at = tokens.findIndex(({ lower }, i) => i > 0 && /^(?:should|must|needs?)$/.test(lower) && /^(?:to|get|have)$/.test(tokens[i + 1]?.lower ?? ''))
  const from = tokens[at + 1]?.lower === 'to' ? at + 2 : at + 1
  if (at === -1 || at > 8 || !/^(?:get|have|receive)$/.test(tokens[from]?.lower ?? '') || tokens.length < from + 2 || !tokens.slice(0, at).every(({ kind }) => kind === 'word' || kind === 'quote')) return null
  const to: Token = { text: 'to', lower: 'to', kind: 'word', spaced: true, depth: 0 }
  return { verb: 'add', object: [...tokens.slice(from + 1), to, ...tokens.slice(0, at).map((token) => ({ ...token, spaced: true }))] }
}

/** Tokens of "needs to be", "must be"; 0 where nothing is to be done to the subject. */
function lengthOfBe (tokens: readonly Token[], at: number): number {
  const to = tokens[at + 1]?.lower === 'to' ? at + 2 : at + 1
  return tokens[to]?.lower === 'be' && /(?:ed|set|built|written|put|cut|shut|taken|made|sent|brought|torn)$/.test(tokens[to + 1]?.lower ?? '') ? to + 1 - at : 0
}

/** "deployed Redis" as "deploy Redis". */
export function withBase (tokens: readonly Token[]): readonly Token[] {
  const first = tokens[0]
  const gerund = first?.lower.replace(/ied$/, 'ying').replace(/ed$/, 'ing').replace(/^set$/, 'setting').replace(/^built$/, 'building').replace(/^written$/, 'writing').replace(/^taken$/, 'taking').replace(/^torn$/, 'tearing')
  return first && gerund !== undefined ? [{ ...first, lower: gerund }, ...tokens.slice(1)] : tokens
}
