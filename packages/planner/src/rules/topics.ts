import { determiners, finiteVerbs, prepositions, pronouns } from './lexicon.ts'
import { readFront } from './front.ts'
import { isWord, type Token } from './tokens.ts'
import { verbAtFront } from './verbs.ts'

/** The thing a statement is about: "our firewall" of "Our firewall allows everything". */
export function topicOf (tokens: readonly Token[]): readonly Token[] {
  const wanted = tokens.findIndex(({ lower }) => /^(?:wants?|needs?)$/.test(lower))
  const from = wanted !== -1 ? wanted + 1 : tokens[0]?.lower === 'there' ? 2 : 0
  // "Everything in namespace tmp can go."
  const whole = tokens.findIndex(({ lower }) => /^(?:can|could|may|must|should)$/.test(lower))
  if (/^(?:everything|all)$/.test(tokens[from]?.lower ?? '') && whole > from + 1 && whole < 8) return tokens.slice(from, whole)
  if (!determiners.has(tokens[from]?.lower ?? '') && !finiteVerbs.has(tokens[from + 1]?.lower ?? '')) return []
  // "Lgtm, ship it" names nothing to ship.
  if (/^(?:lgtm|approved?|ok|okay|great|nice|good|done|perfect|cool|thanks|yes|sure)$/.test(tokens[from]?.lower ?? '')) return []
  const noun = determiners.has(tokens[from]?.lower ?? '') ? from + 1 : from
  const to = tokens.findIndex(({ lower, kind }, i) => i > noun && (kind === 'mark' || finiteVerbs.has(lower) || (prepositions.has(lower) && lower !== 'of') || pronouns.has(lower) || /^(?:we|you|i)$/.test(lower) || (wanted === -1 && /[^s]s$/.test(lower))))
  return tokens.slice(from, to === -1 ? undefined : to).slice(0, 8)
}

/** "I don't want you to restart the API, …": what is not to be done is done to the API, and a later "it" is that. */
export function topicOfRefusal (tokens: readonly Token[]): readonly Token[] {
  const said = readFront(tokens).refused
  const determined = tokens.findIndex(({ lower }) => determiners.has(lower) && lower !== 'no' && lower !== 'any')
  // "We don't want Jenkins any more."
  const at = determined === -1 && isWord(tokens[said]) && !verbAtFront(tokens, said) ? said : determined
  const end = tokens.findIndex(({ lower, kind }, i) => i > at && (kind === 'mark' || prepositions.has(lower) || finiteVerbs.has(lower) || lower === 'anymore' || lower === 'any'))
  return at === -1 ? [] : tokens.slice(at, end === -1 ? undefined : end).slice(0, 8)
}
