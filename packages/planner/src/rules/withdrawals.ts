import { readFront } from './front.ts'
import { finiteVerbs } from './lexicon.ts'
import { matchPhrase, phraseTable, type Token } from './tokens.ts'
import { verbAtFront } from './verbs.ts'

/** Every first part with every second. */
function each (firsts: readonly string[], seconds: readonly string[]): string[] {
  return firsts.flatMap((first) => seconds.map((second) => `${first} ${second}`.trim()))
}

/** They stop what is being said. */
const stops = ['wait', 'no wait', 'wait no', 'oh wait', 'hold on', 'hang on', 'hold up', 'actually', 'oops', 'no', 'nah', 'on second thought', 'on second thoughts', 'on reflection', 'thinking about it', 'thinking again', 'come to think of it', 'you know what', 'hmm', 'hm']
/** Words before a correction that say nothing but that one comes. */
export const preludes = phraseTable(['actually', 'oh', 'oops', 'sorry', 'wait', 'no wait', 'wait no', 'hmm', 'hm', 'well', 'ok', 'on second thought', 'on second thoughts', 'thinking about it', 'come to think of it', 'please', 'and', 'but', 'or', 'hold on', 'hang on', 'you know what', 'haha', 'hahaha', 'lol', 'of course', 'of course not', 'obviously'])
const stopsTable = phraseTable(stops)
const interruptions = phraseTable([...stops, ...preludes.keys(), 'of course', 'of course not', 'maybe', 'perhaps', 'rather', 'better', 'just', 'ah', 'uh', 'um', 'eh', 'then', 'so', 'now', 'nope', 'though', 'although', 'i think', 'i guess'])

/** What takes back all that stands before it, also without a mark between. */
const jokes = ['just kidding', 'only kidding', 'kidding', 'just joking', 'only joking', 'joking', 'jk', 'j/k', 'just a joke', 'not really', 'not seriously', ...each(each(['i was', 'we were', 'i am', "i'm"], ['', 'just', 'only']), ['joking', 'kidding']), ...each(each(['that was', 'it was', 'that is', "that's"], ['', 'just', 'only']), ['a joke'])]
const preferences = each(each(["i'd", 'i would', "we'd", 'we would'], ['rather', 'rather that', 'prefer', 'prefer that', 'prefer it if', 'like it better if', 'much rather']), ['you didn\'t', 'you did not', "you don't", 'you do not', 'you not', "we didn't", 'we did not', "we don't", 'not', 'you wait', 'you waited', 'you would wait', "you'd wait", 'we wait', 'we waited', 'wait', 'to wait', 'not to', 'you hold off', 'you held off', 'we hold off', 'we held off', 'hold off', 'you leave it', 'you left it', 'leave it', 'you leave that', 'you skip it', 'you skipped it', 'skip it', 'you let it be'])
const regrets = [
  ...each(['i', 'we', "i've", "we've", 'i have', 'we have', 'i just', 'we just', ''], ['changed my mind', 'changed our mind', 'changed our minds']),
  ...each(each(['i', 'we'], ["don't want", 'do not want', "don't need", 'do not need', 'no longer want', 'no longer need']), ['it', 'that', 'this', 'them', 'it done', 'that done']),
  ...each(["let's", 'let us'], ['not', 'not do it', 'not do that', 'wait', 'hold off', 'leave it', 'leave that', 'leave it be', 'skip it', 'skip that', 'drop it', 'forget it', 'forget that', 'postpone it', 'postpone that']),
  'hold that thought', ...each(['it', 'that', 'this'], ["can't be now", 'cannot be now', "can't be today", 'cannot be today']), ...each(each(['', 'that was', 'this was', 'it was'], ['meant for', 'for']), ['somebody else', 'someone else', 'another chat', 'another window', 'another team']), ...each(['', 'that was the', 'this is the'], ['wrong window', 'wrong chat', 'wrong channel', 'wrong conversation', 'wrong tab']),
  'forget i asked', 'forget i said that', 'forget i said anything', 'forget what i said', 'ignore what i said', 'pretend i said nothing', "pretend i didn't ask", 'i take it back', 'i take that back', 'take that back', 'hold off', 'hold off on that', 'hold off on it', 'drop it', 'drop that', 'scrap that', 'scrap it', "it isn't needed", 'it is not needed', "it's not needed", "that's not needed", 'that is not needed', 'not after all', 'not now', 'not yet', 'not just yet', 'not today', 'nothing of that', 'none of that', 'none of it'
]
const withdrawals = phraseTable(['scratch that', 'strike that', 'forget that', 'forget it', 'forget about it', 'forget about that', 'never mind', 'nevermind', 'nvm', 'never mind that', 'never mind it', 'ignore that', 'disregard that', "don't", 'do not', 'dont', "don't do that", 'do not do that', "don't do it", 'do not do it', "don't bother", 'do not bother', 'not that', "let's not", 'rather not', 'better not', 'maybe not', 'perhaps not', 'but wait', 'but hold on', 'but hang on', 'but leave it', 'but not', 'or not', ...preferences, ...regrets, ...jokes])
/** They may say other things, and take back only where something stops the sentence before them. */
const unsure = phraseTable(['leave it', 'leave that', 'leave them', 'leave it be', 'leave it alone', 'leave it for now', 'leave it running', 'leave them running', 'leave it on', 'leave them on', 'leave it as is', 'leave it there', 'keep it running', 'keep them running', 'keep it on', 'keep them on', 'keep it as is', 'leave it as it is', 'leave things as they are', 'leave everything as it is', 'keep it', 'keep them', 'keep it as it is', 'wait', 'hold on', 'stop', 'cancel that', 'cancel it', 'skip it', 'skip that', 'no', 'nope'])
/** At the front of a sentence of its own. */
const retractions = phraseTable([...withdrawals.values()].flat().map((words) => words.join(' ')).filter((phrase) => !/^(?:but|or) /.test(phrase)).concat('no', 'nope', 'leave it', 'leave it be', 'leave it for now', 'cancel that'))
/** They stop the person, and what follows says why. */
const halts = phraseTable(['wait', 'no wait', 'oh wait', 'actually wait', 'wait no', 'hold on', 'oh hold on', 'no hold on', 'actually hold on', 'hang on', 'oh hang on', 'hold up', 'on reflection', 'on second thought', 'on second thoughts', 'thinking about it', 'come to think of it', 'ah no', 'ah wait'])
const jokesTable = phraseTable(jokes)

/** What may go on behind a withdrawal without taking part in it. */
const goesOn = /^(?:please|pls|then|now|yet|today|either|anymore|any|after|for|because|since|until|till|instead|thanks|sorry|though|it's|that's|just)$/
const tails = phraseTable(['any more', 'anymore', 'any longer', 'after all', 'for now', 'for the moment', 'right now', 'please', 'pls', 'then', 'now', 'yet', 'today', 'either', 'thanks', 'sorry', 'though', 'instead', 'just yet'])
const breaks = /^(?:[,;:–—(-]|\.+)$/
const breakWords = /^(?:but|or|though|although|and)$/

export interface Withdrawal {
  /** What was said and is not wanted. */
  before: readonly Token[]
  /** What is said behind it: a reason, or what is wanted instead. */
  after: readonly Token[]
}

/** Words and marks passed over at most: more are no correction. */
const mostPassed = 12

export interface Opening {
  at: number
  /** "Actually", "on second thought": what follows may replace what was said. */
  changes: boolean
}

/** Passes over the words that only say that a correction comes. */
export function passOver (tokens: readonly Token[], from = 0, phrases = preludes): Opening {
  let at = from
  let changes = false
  for (let passed = 0; passed < mostPassed; passed++) {
    const length = matchPhrase(tokens, at, phrases) || (at > from && /^[,–—-]$|^\.+$/.test(tokens[at]?.text ?? '') ? 1 : 0)
    if (length === 0) break
    changes ||= /^(?:actually|on|wait|no|thinking|come|oops)$/.test(tokens[at]?.lower ?? '')
    at += length
  }
  return { at, changes }
}

/** "Delete the database - just kidding", "set up quotas - no wait, that's under review, leave it", "deploy it, but I'd rather you didn't"; null where nothing is taken back. */
export function withdrawnIn (tokens: readonly Token[]): Withdrawal | null {
  let stopped = -1
  for (let i = 2; i < tokens.length; i++) {
    const joke = matchPhrase(tokens, i, jokesTable)
    if (joke > 0 && endsAt(tokens, i + joke)) return withdrawn(tokens, i, i + joke)
    const token = tokens[i]
    if (!token || !(token.kind === 'mark' ? breaks.test(token.text) : breakWords.test(token.lower))) continue
    const from = token.kind === 'mark' ? i + 1 : i
    const at = passOver(tokens, from, interruptions).at
    if (stopped === -1 && hasStop(tokens, from, at)) stopped = i
    for (let start = at; start >= from; start--) {
      const doubtful = ((stopped !== -1 && stopped < i) || hasStop(tokens, from, start)) && (start === at || at === tokens.length) ? matchPhrase(tokens, start, unsure) : 0
      const length = matchPhrase(tokens, start, withdrawals) || doubtful
      // "…, but do not touch DNS" and "…, no?" say other things; "whether it is signed or not" is one thing.
      if (length === 0 || !endsAt(tokens, start + length) || (tokens[start]?.lower === 'or' && tokens.some(({ lower }) => /^(?:whether|if)$/.test(lower)))) continue
      const found = withdrawn(tokens, stopped === -1 ? i : stopped, start + length)
      if (found) return found
    }
  }
  return null
}

function hasStop (tokens: readonly Token[], from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (matchPhrase(tokens, i, stopsTable) > 0) return true
  return false
}

function endsAt (tokens: readonly Token[], at: number): boolean {
  const next = tokens[at]
  return next === undefined || (next.kind === 'mark' ? /^[,;.)–—!-]$|^\.+$/.test(next.text) : goesOn.test(next.lower) || matchPhrase(tokens, at, jokesTable) > 0)
}

const meant = /\b(?:(?:was|were|am|is) (?:just )?(?:about|going) to|wanted to|meant to|had in mind to|(?:was|were) thinking of)\b/

function withdrawn (tokens: readonly Token[], to: number, from: number): Withdrawal | null {
  const before = tokens.slice(0, to)
  return asksForWork(before) || readFront(before).asked || meant.test(before.map(({ lower }) => lower).join(' ')) ? { before, after: tokens.slice(passTail(tokens, from)) } : null
}

/** Past the words that only round a withdrawal off. */
function passTail (tokens: readonly Token[], from: number): number {
  let at = from
  for (let length = 1; length > 0; at += length) length = matchPhrase(tokens, at, tails) || (/^[,.)!–—-]$/.test(tokens[at]?.text ?? '') ? 1 : 0)
  return at
}

/** Whether a sentence opens with work, be it asked for or told. */
export function asksForWork (tokens: readonly Token[]): boolean {
  const front = readFront(tokens)
  return !front.negated && verbAtFront(tokens, front.at) !== null
}

/** Where a sentence that begins with "scratch that" goes on; -1 when it takes nothing back. */
export function retractedAt (tokens: readonly Token[]): number {
  const { at, changes } = passOver(tokens)
  const length = matchPhrase(tokens, at, retractions) || (changes ? matchPhrase(tokens, at, unsure) : 0)
  const next = tokens[at + length]
  // "Not now: rebuild them" says what is not to be done.
  if (length === 0 || (next?.text === ':' && asksForWork(tokens.slice(at + length + 1)) && /^(?:not|don't|dont|do)$/.test(tokens[at]?.lower ?? ''))) return -1
  if (next === undefined || /^[,;:–—-]$|^\.+$/.test(next.text)) return at + length + (next ? 1 : 0) + (next?.text === ',' ? passOver(tokens.slice(at + length + 1)).at : 0)
  return next.lower === 'instead' || (length > 1 && goesOn.test(next.lower)) ? passTail(tokens, at + length) : -1
}

/** "…, let me talk to Mia first" */
const asksPeople = /^(?:let me|let us|let's) (?:\w+ )?(?:talk|check|ask|think|discuss|see|confirm|speak|wait|sleep)\b/

/** "Hold on, that's still under review": it stops what was asked for, and says nothing else to do. */
export function interrupts (tokens: readonly Token[]): boolean {
  const length = matchPhrase(tokens, 0, halts)
  const next = tokens[length]
  const rest = tokens.slice(passOver(tokens, 0, interruptions).at)
  return length > 0 && next !== undefined && (!asksForWork(rest) || asksPeople.test(rest.map(({ lower }) => lower).join(' '))) && !readFront(rest).negated && (next.kind === 'mark' || /^(?:that's|it's|that|this|it|i|i'm|we|we're|they|they're|there|there's)$/.test(next.lower))
}

const done = /(?:\b(?:did|does|has done|have done|'s done|handled|already did) (?:that|it|this)|(?:\b(?:it|that|this)(?: is| was| has been)|\b(?:it|that)'s) already (?:done|there|running|in place|set up|deployed)|already (?:exists|done))(?: (?:yesterday|today|already|this morning|last (?:week|night)|earlier|before))?$/

/** "Paul did that yesterday": whoever asked for it finds that it needs no doing. */
export function tellsItIsDone (tokens: readonly Token[]): boolean {
  return tokens.length <= 12 && !asksForWork(tokens) && done.test(tokens.filter(({ kind }) => kind !== 'mark').map(({ lower }) => lower).join(' '))
}

/** Where such words begin inside a sentence that asks for work; -1 for nowhere. */
export function interruptedAt (tokens: readonly Token[]): number {
  const at = tokens.findIndex(({ kind, depth }, i) => i > 1 && kind === 'mark' && depth === 0 && interrupts(tokens.slice(i + 1)) && tokens.slice(i + 1).some(({ lower }) => finiteVerbs.has(lower) || /'(?:s|re|m)$/.test(lower)))
  return at > 0 && asksForWork(tokens.slice(0, at)) ? at : -1
}
