import { readFront } from './front.ts'
import { finalPhrases, thenPhrases, parallelPhrases, finiteVerbs, determiners } from './lexicon.ts'
import { priorityLength } from './priorities.ts'
import { timeLength } from './times.ts'
import { matchPhrase, phraseTable, type Token } from './tokens.ts'
import { baseOfGerund, clauseStarts, isVerbForm, verbAmid, verbAtFront } from './verbs.ts'

/** How a clause stands to the one before it. */
export type Link = 'none' | 'then' | 'finally'

export interface Clause {
  link: Link
  /** It stands behind a semicolon. */
  apart: boolean
  /** "; in parallel …": it waits for nothing before it. */
  beside: boolean
  /** It names but another place and time for the work before: "to dev now and to prod next week". */
  elsewhere: boolean
  tokens: readonly Token[]
  /** What stood before the first clause of the sentence: "Once X is up, …". It holds for all clauses up to the next "then". */
  leading: Condition | null
}

export interface Condition {
  /** The work comes after the condition, before it, or at a moment. */
  relation: 'after' | 'before' | 'at'
  /** The words that open it: "after", "as soon as", "if"; empty before a moment. */
  opener: string
  tokens: readonly Token[]
  /** It stands behind "then": "if it is clean" asks how the work before it ended, which only a person can judge. */
  ofOutcome?: boolean
  /** It stands before the work: "if the scan is clean, …", and not "restart it if it is down". */
  opens?: boolean
}

/** Words read as one clause. */
export function clauseOf (tokens: readonly Token[]): Clause {
  return { link: 'none', apart: false, beside: false, elsewhere: false, tokens, leading: null }
}

/** They speak of a question, or of how earlier work turned out. */
const answerOpeners = phraseTable(['otherwise', 'else', 'in that case'])

const joins = /^(?:[,;—–&+]|and|plus|but|also)$/
const afterWords = /^(?:once|after|when|if|unless|following|upon|given|provided|assuming)$/

const additions = phraseTable(['besides', 'in addition to', 'on top of', 'apart from', 'aside from', 'as well as', 'along with', 'next to'])

/** Cuts a sentence where a new request begins: at "then", at semicolons, and at commas and "and" with a verb behind them. */
export function splitClauses (sentence: readonly Token[]): Clause[] {
  const opened = readLeadingCondition(sentence)
  const behind = opened?.rest ?? sentence
  // "Besides deploying Redis, please scan the images" asks for both.
  const addition = matchPhrase(behind, 0, additions)
  const added = addition > 0 ? verbAtFront(behind, addition) : null
  const tokens = added?.gerund ? [...behind.slice(addition, addition + 1).map((token) => ({ ...token, text: added.base, lower: added.base })), ...behind.slice(addition + 1)] : behind
  const gerunds = verbAtFront(tokens, readFront(tokens).at)?.gerund ?? false
  const clauses: Clause[] = []
  const start = readJoin(tokens, 0, true)
  // "Then, if it is clean, …" begins a sentence.
  const leading = opened && (start.link === 'none' ? opened.condition : { ...opened.condition, ofOutcome: true })
  let from = start.to
  let link: Link = start.link
  let apart = false
  let beside = false
  let elsewhere = false
  const close = (to: number) => {
    const tail = readTail(tokens.slice(from, to))
    if (tail.tokens.length > 0) clauses.push({ link: link === 'none' ? tail.link : link, apart, beside, elsewhere, tokens: tail.tokens, leading })
    elsewhere = false
  }
  for (let i = from + 1; i < tokens.length; i++) {
    if ((tokens[i]?.depth ?? 0) > 0) continue
    const join = readJoin(tokens, i, false)
    if (join.to === i) continue
    // "…, and, once that is done, …": from here on it reads like a sentence of its own.
    if ((readOpener(tokens, join.to) || timeLength(tokens, join.to) > 0 || matchPhrase(tokens, join.to, answerOpeners) > 0) && readLeadingCondition(tokens.slice(join.to)) && hasObject(tokens, from, i)) {
      close(i)
      return [...clauses, ...splitAfter(join.link, tokens.slice(join.to))]
    }
    const strong = join.link !== 'none' || join.semicolon
    if (join.to < tokens.length && (strong ? standsAlone(tokens, from, i, join.to) : clauseStarts(tokens, join.to, gerunds) && hasObject(tokens, from, i))) {
      close(i)
      from = join.to
      link = join.link
      apart = join.semicolon
      beside = join.beside
    } else if (tokens[join.to - 1]?.lower === 'and' && placesLater(tokens, from, join.to)) {
      close(i)
      from = join.to
      link = 'none'
      elsewhere = true
    }
    i = Math.max(i, join.to - 1)
  }
  close(tokens.length)
  return clauses
}

/** "deploy it to dev now | and to prod next week" */
function placesLater (tokens: readonly Token[], from: number, at: number): boolean {
  const preposition = tokens[at]?.lower ?? ''
  return /^(?:to|in|on)$/.test(preposition) && tokens.slice(from, at).some(({ lower }) => lower === preposition) && [at + 2, at + 3, at + 4].some((later) => timeLength(tokens, later) > 0 || /^(?:if|once|when|after)$/.test(tokens[later]?.lower ?? ''))
}

/** What stands behind a join and begins with a condition of its own. */
function splitAfter (link: Link, tokens: readonly Token[]): Clause[] {
  const [first, ...others] = splitClauses(tokens)
  if (!first) return []
  if (link === 'none') return [first, ...others]
  const leading = first.leading && { ...first.leading, ofOutcome: true }
  return [{ ...first, link: first.link === 'none' ? link : first.link, leading }, ...others.map((clause) => clause.leading === first.leading ? { ...clause, leading } : clause)]
}

/** Commas, "and", "then" and their like in a row, as one join. */
function readJoin (tokens: readonly Token[], at: number, front: boolean): { to: number, link: Link, semicolon: boolean, beside: boolean } {
  let to = at
  let beside = false
  let link: Link = 'none'
  let semicolon = false
  for (;;) {
    const token = tokens[to]
    if (!token) break
    const joined = to > at || front
    const last = phraseLength(tokens, to, joined, finalPhrases)
    const then = phraseLength(tokens, to, joined, thenPhrases)
    const aside = joined || to > at ? matchPhrase(tokens, to, parallelPhrases) : 0
    if (last > 0) { link = 'finally'; to += last } else if (then > 0) { link = 'then'; to += then } else if (joins.test(token.lower)) {
      semicolon ||= token.text === ';'
      to++
    } else if (token.text === '/' && token.spaced && tokens[to + 1]?.spaced) to++
    else if (token.lower === 'which' && tokens[to + 1]?.lower === 'means') {
      semicolon = true
      to += tokens[to + 2]?.lower === 'that' ? 3 : 2
    } else if (token.lower === 'as' && tokens[to + 1]?.lower === 'well' && tokens[to + 2]?.lower === 'as') to += 3
    else if (aside > 0 && tokens[to + aside] !== undefined) {
      beside = true
      to += aside
    } else break
  }
  return { to, link, semicolon, beside: beside && semicolon }
}

/** "last", "next" and "later" are also plain words: alone they join only behind a comma or "and", or at the front before a verb or a comma. */
function phraseLength (tokens: readonly Token[], at: number, joined: boolean, phrases: typeof thenPhrases): number {
  const length = matchPhrase(tokens, at, phrases)
  if (length === 0) return 0
  const follower = tokens[at + length]
  // "scale the API 3 -> 6" is a change and no order.
  if (/^(?:->|=>|→)$/.test(tokens[at]?.text ?? '') && /\d/.test(tokens[at - 1]?.text ?? '') && /^v?\d/.test(follower?.text ?? '')) return 0
  if (follower?.lower === 'of') return 0
  const word = tokens[at]?.lower ?? ''
  if (length === 1 && /^(?:last|next|later)$/.test(word)) return joined && (follower?.text === ',' || verbAtFront(tokens, at + 1) !== null) ? 1 : 0
  return length
}

/** "…, and deploy it afterwards": the order is told at the end. */
function readTail (tokens: readonly Token[]): { tokens: readonly Token[], link: Link } {
  for (let size = 4; size > 0; size--) {
    const at = tokens.length - size
    if (at <= 0) continue
    if (matchPhrase(tokens, at, finalPhrases) === size && tokens[at]?.lower !== 'last') return { tokens: tokens.slice(0, at), link: 'finally' }
    if (matchPhrase(tokens, at, thenPhrases) === size && !/^(?:next|later)$/.test(tokens[at]?.lower ?? '')) return { tokens: tokens.slice(0, at), link: 'then' }
  }
  return { tokens, link: 'none' }
}

/** Behind "then" and ";" a new clause begins also when it has no verb of its own, if what stands before is a clause. */
function standsAlone (tokens: readonly Token[], from: number, to: number, next: number): boolean {
  if (clauseStarts(tokens, next, true)) return true
  // "on node-1; node-2 and node-3"
  const [before = '', after = ''] = [tokens[to - 1]?.lower, tokens[next]?.lower].map((name) => name?.replace(/\d+$/, ''))
  if ((before === after && /-$/.test(before)) || (before.startsWith('/') && after.startsWith('/'))) return false
  return to > from && tokens[next]?.kind !== 'mark' && !finiteVerbs.has(tokens[next]?.lower ?? '')
}

/** "Install and configure nginx" is one request: the first verb has no object yet. */
function hasObject (tokens: readonly Token[], from: number, to: number): boolean {
  const { at: start } = readFront(tokens.slice(from, to))
  if (from + start >= to) return false
  const verb = verbAtFront(tokens, from + start)
  if (!verb) return true
  let at = from + start + verb.length
  // "build, test and deploy the API": verbs in a row share the object behind the last.
  for (let next = at; joins.test(tokens[next]?.lower ?? '');) {
    while (joins.test(tokens[next]?.lower ?? '')) next++
    if (next < to && !isVerbForm(tokens[next])) break
    at = next + 1
    next = at
  }
  return at < to
}

/** Tokens. Behind so many words a comma ends something else. */
const longestCondition = 40

/** "Once Prometheus is up, …", "Before upgrading the database …", "If the scan passes, then …". */
export function readLeadingCondition (sentence: readonly Token[]): { condition: Condition, rest: readonly Token[] } | null {
  const front = readFront(sentence)
  // "Could you, once the tests pass, deploy it?": the words of asking stay with the work.
  const asking = front.negated ? [] : sentence.slice(0, front.at).filter(({ kind }) => kind !== 'mark')
  const found = readConditionAtFront(front.negated ? sentence : sentence.slice(front.at))
  return found && { condition: found.condition, rest: [...asking, ...found.rest] }
}

function readConditionAtFront (tokens: readonly Token[]): { condition: Condition, rest: readonly Token[] } | null {
  const answer = matchPhrase(tokens, 0, answerOpeners)
  if (answer > 0 && answer < tokens.length) return { condition: { relation: 'after', opener: openerWords(tokens, 0, answer).replace('else', 'otherwise'), tokens: [], opens: true }, rest: tokens.slice(tokens[answer]?.text === ',' ? answer + 1 : answer) }
  // "Should the pod crash, restart it" is "if the pod crashes".
  const inverted = tokens[0]?.lower === 'should' && /^(?:the|a|an|any|our|this|that|it|they|anyone|anybody|someone|somebody|nobody)$/.test(tokens[1]?.lower ?? '') && tokens.some(({ text }) => text === ',')
  const opener = inverted ? { relation: 'after' as const, length: 1 } : readOpener(tokens, 0)
  if (!opener) return readMoment(tokens) ?? readWait(tokens)
  // "If yes add a step"
  if (/^(?:so|yes|no|not)$/.test(tokens[opener.length]?.lower ?? '') && verbAtFront(tokens, opener.length + 1)) return cut(opener.length + 1, opener.length + 1)
  let fallback = -1
  for (let i = opener.length + 1; i < Math.min(tokens.length - 1, longestCondition); i++) {
    const token = tokens[i]
    if (!token || token.depth > 0) continue
    if (token.lower === 'then' && i > opener.length) return cut(i, i + 1)
    if (token.text === ',') {
      const next = tokens[i + 1]?.lower === 'then' ? i + 2 : i + 1
      if (clauseStarts(tokens, next, true) || verbAtFront(tokens, next)) return cut(i, next)
      if (fallback === -1) fallback = i
    } else if (tokens.slice(opener.length, i).some(({ lower }) => finiteVerbs.has(lower) || /^(?:pass|passes|passed|succeed|succeeds|finish|finishes|complete|completes)$/.test(lower) || baseOfGerund(lower) !== null) && !determiners.has(tokens[i - 1]?.lower ?? '') && verbAmid(tokens, i, false) && tokens[i - 1]?.lower !== 'and' && tokens[i - 1]?.lower !== 'to') {
      return cut(i, i)
    }
  }
  return fallback === -1 ? null : cut(fallback, fallback + 1)

  function cut (end: number, next: number) {
    return { condition: { relation: opener?.relation ?? 'after', opener: inverted ? 'if' : openerWords(tokens, 0, opener?.length ?? 0), tokens: tokens.slice(opener?.length, end), opens: true } as const, rest: tokens.slice(next) }
  }
}

/** "Tomorrow at 9am, deploy monitoring", "tonight restart the database". */
function readMoment (tokens: readonly Token[]): { condition: Condition, rest: readonly Token[] } | null {
  const length = timeLength(tokens, 0)
  if (length === 0) return null
  const rest = tokens.slice(tokens[length]?.text === ',' ? length + 1 : length)
  return clauseStarts(rest, 0, true) || verbAtFront(rest, 0) ? { condition: { relation: 'at', opener: '', tokens: tokens.slice(0, length) }, rest } : null
}

/** "Wait for the migration before you deploy the API", "wait until the scan is done, then deploy". */
function readWait (tokens: readonly Token[]): { condition: Condition, rest: readonly Token[] } | null {
  if (tokens[0]?.lower !== 'wait' || !/^(?:for|until|till|an?|\d+|two|three|five|ten)$/.test(tokens[1]?.lower ?? '')) return null
  const at = tokens.findIndex(({ lower, text }, i) => i > 2 && (lower === 'before' || lower === 'then' || ((text === ',' || lower === 'and') && clauseStarts(tokens, i + 1, true))))
  if (at === -1) return null
  const rest = tokens.slice(/^(?:you|we|then)$/.test(tokens[at + 1]?.lower ?? '') ? at + 2 : at + 1)
  const from = /^(?:for|until|till)$/.test(tokens[1]?.lower ?? '') ? 2 : 1
  return { condition: { relation: 'after', opener: openerWords(tokens, 0, from), tokens: trimComma(tokens.slice(from, at)) }, rest }
}

/** The words that open a condition. "After that" and "when done" are links, no conditions. */
export function readOpener (tokens: readonly Token[], at: number): { relation: 'after' | 'before', length: number } | null {
  const word = tokens[at]?.lower ?? ''
  if (matchPhrase(tokens, at, thenPhrases) > 0 || priorityLength(tokens, at) > 0) return null
  if (word === 'as' && tokens[at + 1]?.lower === 'soon' && tokens[at + 2]?.lower === 'as') return { relation: 'after', length: 3 }
  if (word === 'only' && afterWords.test(tokens[at + 1]?.lower ?? '')) return { relation: 'after', length: 2 }
  if (word === 'in' && tokens[at + 1]?.lower === 'case' && tokens[at + 2]?.lower !== 'of') return { relation: 'after', length: 2 }
  const consent = consentLength(tokens, at)
  if (consent > 0) return { relation: 'after', length: consent }
  if (word === 'right' && /^(?:after|before)$/.test(tokens[at + 1]?.lower ?? '')) return { relation: tokens[at + 1]?.lower === 'before' ? 'before' : 'after', length: 2 }
  if (word === 'not' && tokens[at + 1]?.lower === 'before') return { relation: 'after', length: 2 }
  if (word === 'before' || (word === 'prior' && tokens[at + 1]?.lower === 'to')) return { relation: 'before', length: word === 'prior' ? 2 : 1 }
  if (word === 'depends' && tokens[at + 1]?.lower === 'on') return { relation: 'after', length: 2 }
  if (word === 'depending' && tokens[at + 1]?.lower === 'on') return { relation: 'after', length: 2 }
  if (word === 'dependent' && tokens[at + 1]?.lower === 'on') return { relation: 'after', length: 2 }
  if (word === 'as' && tokens[at + 1]?.lower === 'long' && tokens[at + 2]?.lower === 'as') return { relation: 'after', length: 3 }
  // "(needs 1)", "- requires step 2": behind a mark such a verb tells the order.
  if (tokens[at - 1]?.kind === 'mark') {
    if (/^(?:needs|need|requires|require)$/.test(word)) return { relation: 'after', length: 1 }
    if ((/^(?:blocked|waits?|waiting)$/.test(word) && /^(?:by|for|on)$/.test(tokens[at + 1]?.lower ?? ''))) return { relation: 'after', length: 2 }
  }
  return afterWords.test(word) ? { relation: 'after', length: 1 } : null
}

const consents = /^(?:approval|review|sign-?off|confirmation|permission|consent|agreement|ok|okay|blessing)$/

/** "Subject to", "pending review", "on condition that", "failing that": they hang work on what somebody has to give first. */
function consentLength (tokens: readonly Token[], at: number): number {
  const [word = '', next = '', third = ''] = [tokens[at]?.lower, tokens[at + 1]?.lower, tokens[at + 2]?.lower]
  if (/^(?:subject|contingent|conditional)$/.test(word) && /^(?:to|on|upon)$/.test(next)) return 2
  const front = at === 0 || tokens[at - 1]?.kind === 'mark' || /^(?:and|but|then)$/.test(tokens[at - 1]?.lower ?? '')
  if (word === 'pending' && (consents.test(next) || determiners.has(next) || front)) return 1
  if (at === 0 && (word === 'barring' || (word === 'with' && (consents.test(next) || (determiners.has(next) && consents.test(third)))))) return 1
  if (word === 'failing' && front && /^(?:that|this|which|it|these|those|the|an?)$/.test(next)) return 1
  if (word === 'on' && next === 'condition') return third === 'that' ? 3 : 2
  if (word === 'on' && next === 'the' && third === 'condition') return tokens[at + 3]?.lower === 'that' ? 4 : 3
  if (word === 'in' && next === 'the' && third === 'event') return /^(?:that|of)$/.test(tokens[at + 3]?.lower ?? '') ? 4 : 3
  return 0
}

export function openerWords (tokens: readonly Token[], at: number, length: number): string {
  return tokens.slice(at, at + length).map(({ lower }) => lower).join(' ')
}

/** Takes the condition off the end of a clause: "add dashboards | once Prometheus is up". */
export function takeCondition (tokens: readonly Token[]): { tokens: readonly Token[], condition: Condition | null } {
  // "look after the backups": that "after" is the verb's.
  for (let i = Math.max(1, verbAtFront(tokens, 0)?.length ?? 1); i < tokens.length - 1; i++) {
    const opener = readOpener(tokens, i)
    // "the following", "the day after tomorrow": no verb or object could stand before a condition there.
    if (!opener || tokens[i]?.lower === 'following' || tokens[i]?.lower === 'given' || determiners.has(tokens[i - 1]?.lower ?? '')) continue
    if (/^(?:check|see|test|verify|whether|know|decide|tell|find|ask|look)$/.test(tokens[i - 1]?.lower ?? '') && tokens[i]?.lower === 'if') return { tokens, condition: null }
    const open = tokens[i - 1]?.text === '('
    const end = open && tokens.at(-1)?.text === ')' ? -1 : undefined
    return { tokens: trimComma(tokens.slice(0, open ? i - 1 : i)), condition: { relation: opener.relation, opener: openerWords(tokens, i, opener.length), tokens: tokens.slice(i + opener.length, end) } }
  }
  return { tokens, condition: null }
}

function trimComma (tokens: readonly Token[]): readonly Token[] {
  return /^(?:,|but|and)$/.test(tokens.at(-1)?.lower ?? '') ? trimComma(tokens.slice(0, -1)) : tokens
}
