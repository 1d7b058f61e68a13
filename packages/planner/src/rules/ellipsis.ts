import { clauseOf, takeCondition, type Clause } from './clauses.ts'
import { places, spaced, stripAsides, trim, wherePhrase, type Draft } from './drafts.ts'
import { plainVerbs } from './lexicon.ts'
import { readFront } from './front.ts'
import { readClause, type Work } from './read-clause.ts'
import { withBase } from './passives.ts'
import { takeTime } from './times.ts'
import { type Token } from './tokens.ts'
import { verbAtFront } from './verbs.ts'

/** The place said in one clause of several holds for those that name none. */
export function sharedPlace (clauses: readonly Clause[]): readonly Token[] {
  if (clauses.length < 2) return []
  const places = clauses.map(({ tokens }) => wherePhrase(trim(stripAsides(tokens).tokens)))
  const said = places.filter((place) => place.length > 0)
  return said.length === 1 && places.at(-1) === said[0] ? said[0] ?? [] : []
}

/** "…, then in prod": the work before it once more, elsewhere. */
export function repeat (tokens: readonly Token[], drafts: readonly Draft[]): Work[] {
  if (/^(?:in|on|to|for|at)$/.test(tokens[0]?.lower ?? '')) return drafts.map((draft) => repeatOne(tokens, draft))
  // "to dev, then staging"
  const bare = tokens.length > 0 && tokens.every(({ lower }) => /^(?:and|,|both|the)$/.test(lower) || places.has(lower))
  return bare ? drafts.flatMap((draft) => wherePhrase(draft.whole).slice(0, 1).map((preposition) => repeatOne([preposition, ...spaced(tokens)], draft))) : []
}

function repeatOne (tokens: readonly Token[], draft: Draft): Work {
  const { tokens: unconditional, condition } = takeCondition(tokens)
  const { tokens: place, time } = takeTime(unconditional)
  const object = [...draft.whole.slice(0, draft.whole.length - wherePhrase(draft.whole).length), ...place]
  return { kind: 'work', verb: draft.verb, nominal: true, object, words: object, rest: [], conditions: [...(condition ? [condition] : []), ...(time.length > 0 ? [{ relation: 'at', opener: '', tokens: time } as const] : [])], priority: null, first: false }
}

/** "Upgrade staging first and production last" is "upgrade staging, then production". */
export function unfoldOrder (tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findIndex(({ lower, depth }, i) => i > 1 && depth === 0 && lower === 'first')
  const joined = /^(?:,|and|then)$/.test(tokens[at + 1]?.lower ?? '')
  if (at === -1 || !joined || !/^(?:second|next|last|later|afterwards)$/.test(tokens.at(-1)?.lower ?? '') || tokens.length > 30) return tokens
  let next = at + 1
  while (/^(?:,|and|then)$/.test(tokens[next]?.lower ?? '')) next++
  return [...tokens.slice(0, at), { text: 'then', lower: 'then', kind: 'word', spaced: true, depth: 0 }, ...tokens.slice(next, -1)]
}

/** "Do not deploy on prod but on staging": the work, where it is wanted; null where nothing else is said to be wanted. */
export function contrast (tokens: readonly Token[]): readonly Token[] | null {
  const at = tokens.findIndex(({ lower }) => lower === 'but')
  const to = at + (/^(?:rather|instead|only)$/.test(tokens[at + 1]?.lower ?? '') ? 2 : 1)
  const preposition = tokens[to]?.lower ?? ''
  const from = tokens.findIndex(({ lower }, i) => i < at && lower === preposition)
  const front = readFront(tokens)
  return at === -1 || from === -1 || !front.negated || !/^(?:on|in|to|at|for|with|from|into)$/.test(preposition) ? null : [...tokens.slice(front.refused, from), ...tokens.slice(to)]
}

/** "Avoid restarting the database while you rotate its password": the work that is wanted meanwhile, and how it is not to be done; null where no such work is named. */
export function meanwhile (tokens: readonly Token[]): readonly Token[] | null {
  const at = tokens.findIndex(({ lower }, i) => /^(?:while|when|as)$/.test(lower) && /^(?:you|we|you're)$/.test(tokens[i + 1]?.lower ?? ''))
  const from = at + (/^(?:are|do)$/.test(tokens[at + 2]?.lower ?? '') ? 3 : 2)
  return at > 1 && verbAtFront(tokens, from) ? withBase(tokens.slice(from)) : null
}

/** A question or a problem taken as work: its first verb, or looking into it. */
export function insistOn (tokens: readonly Token[]): Work {
  const at = tokens.findIndex(({ lower }) => plainVerbs.has(lower))
  const found = at === -1 ? null : readClause(clauseOf(tokens.slice(at)), { question: false, listed: true, nouns: false, sharedVerb: null, working: false, isKnown: () => false, isNamed: () => false, isLive: () => false })
  if (found?.kind === 'work') return found
  const { tokens: object, priority } = stripAsides(tokens)
  return { kind: 'work', verb: 'investigate', nominal: false, object, words: object, rest: [], conditions: [], priority, first: false }
}
