import { requestFrames, suggestions } from './frames.ts'
import { determiners, fillers, negations, prepositions, pronouns } from './lexicon.ts'
import { priorityLength } from './priorities.ts'
import { matchPhrase, type Token } from './tokens.ts'
import { verbAtFront } from './verbs.ts'

/** What stands before the work itself. */
export interface Front {
  at: number
  asked: boolean
  /** The words of asking end in "to": a verb must follow. */
  wantsVerb: boolean
  negated: boolean
  /** Where what is refused begins. */
  refused: number
}

/** Phrases passed over at most: more are no courtesy, and each clause passes over its own. */
const mostPhrases = 24

/** Passes over greetings, "please", "could you" and their like. */
export function readFront (tokens: readonly Token[]): Front {
  const front: Front = { at: 0, asked: false, wantsVerb: false, negated: false, refused: 0 }
  for (let phrases = 0; phrases < mostPhrases; phrases++) {
    const suggestion = matchPhrase(tokens, front.at, suggestions)
    const asking = Math.max(suggestion > 0 && verbAtFront(tokens, front.at + suggestion) ? suggestion : 0, matchPhrase(tokens, front.at, requestFrames))
    // "Could we have avoided the outage?" asks for nothing.
    if (asking > 0 && tokens[front.at + asking - 1]?.lower === 'have' && /(?:ed|been|done|made|known|seen|had)$/.test(tokens[front.at + asking]?.lower ?? '') && !isNounNext(tokens[front.at + asking + 1])) return front
    // "Not urgent, but …" refuses nothing.
    const negation = priorityLength(tokens, front.at) > 0 || matchPhrase(tokens, front.at, fillers) > 1 ? 0 : matchPhrase(tokens, front.at, negations)
    if (negation > asking) return { ...front, negated: true, refused: front.at + negation }
    const filler = Math.max(matchPhrase(tokens, front.at, fillers), front.asked || leadsPriority(tokens, front.at) ? priorityLength(tokens, front.at) : 0)
    const length = Math.max(asking, filler)
    const comma = length === 0 && front.at > 0 && /^[,:!–—-]$/.test(tokens[front.at]?.text ?? '') ? 1 : 0
    if (length + comma === 0) break
    // "test", "back up" and "first" are also work; "all services" is an object.
    if (asking === 0 && comma === 0 && /^(?:all|both|only|be|task|tasks|right|first|second|third|together|next)$/.test(tokens[front.at]?.lower ?? '') && length === 1 && tokens[front.at + 1] !== undefined && !verbAtFront(tokens, front.at + 1) && !/^[,:]$/.test(tokens[front.at + 1]?.text ?? '')) break
    front.asked ||= asking > 0
    if (asking > 0) front.wantsVerb = /^(?:to|you|us|we|should|must|let's|lets|someone|somebody|anyone|anybody)$/.test(tokens[front.at + length - 1]?.lower ?? '')
    front.at += length + comma
  }
  // "Please" may also come last.
  front.asked ||= /^(?:please|pls|plz|asap)$/.test(tokens.at(-1)?.lower ?? '')
  return front
}

/** "At some point upgrade Grafana": the words about urgency stand before the work. */
function leadsPriority (tokens: readonly Token[], at: number): boolean {
  const length = priorityLength(tokens, at)
  return length > 0 && verbAtFront(tokens, at + length) !== null
}

/** "dedicated nodes" are a thing to have; "avoided the outage" is not. */
function isNounNext (token: Token | undefined): boolean {
  return token?.kind === 'word' && !determiners.has(token.lower) && !pronouns.has(token.lower) && !prepositions.has(token.lower)
}
