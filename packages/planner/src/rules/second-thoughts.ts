import { isPleasantry } from './asides.ts'
import type { Item } from './blocks.ts'
import { readLeadingCondition, readOpener } from './clauses.ts'
import { readFront } from './front.ts'
import { determiners, finiteVerbs, prepositions } from './lexicon.ts'
import { ailing, denies, dropsThought, explains, holdsOff, ofTheWork, over, putsOff, quoted, removes, ships, sign, undoable, unused, wanted } from './signs.ts'
import { matchPhrase, phraseTable, render, tokenize, type Token } from './tokens.ts'
import { verbAtFront } from './verbs.ts'
import { asksForWork, passOver } from './withdrawals.ts'

/** What stops a person: whatever follows, what stood before is no longer sure. */
const stops = phraseTable(['no wait', 'wait no', 'oh no', 'uh oh', 'nope', 'nah', 'nay', 'hold on', 'hang on', 'hold up', 'hold it', 'actually', 'or actually', 'or rather', 'but rather', 'or better', 'or maybe', 'or perhaps', 'or else', 'or not', 'maybe not', 'perhaps not', 'better not', 'rather not',
  'on second thought', 'on second thoughts', 'second thoughts', 'on reflection', 'thinking about it', 'now that i think about it', 'now that i think of it', 'come to think of it', 'then again', 'on the other hand', 'scratch', 'strike', 'correction', 'edit', 'edited', 'upd', 'typo', 'oops', 'whoops', 'woops', 'ooh', 'pardon', 'meant', 'i stand corrected', 'i retract', 'ups', 'ugh', 'argh', 'damn', 'dang', 'crap', 'shoot',
  'my bad', 'my mistake', 'my fault', 'i mean', 'i meant', 'make that', 'what i meant', 'what i mean', 'what am i saying', 'never mind', 'nevermind', 'nvm', 'ignore', 'disregard', 'forget it', 'forget that', 'forget about', 'false alarm', 'wrong', 'not that', 'you know what', 'stand down', 'belay', 'abort', 'too late', 'on hold', 'jk', 'kidding', 'lol', 'psych', 'sike', 'syke', 'haha', 'hahaha', 'hehe', '/s', 'april fools', 'obviously not', 'of course not', 'certainly not', 'absolutely not', 'definitely not', 'please not',
  "let's not", "let's wait", "let's keep", "let's leave", "let's see", "let's hold", "let's think", "let's talk", "let's skip", "let's first", 'let me check', 'let me ask', 'let me think', 'let me see', 'let me get back', 'let me talk', 'let me first', 'let me confirm', 'let me verify', 'let me sleep', 'let me look', 'come again', 'instead', 'rather'])
/** Words that also mean other things: they stop only before a mark, another such word, or somebody's thought. */
const halts = phraseTable(['wait', 'no', 'stop', 'sorry', 'oh wait', 'ah no', 'please wait', 'please stop', "don't", 'do not', 'uh', 'um', 'er', 'err', 'erm'])
const thought = /^(?:no|not|that|that's|it|it's|i|i'm|i'll|we|we're|we'll|they|they're|he|she|this|is|are|do|does|did|was|were|there|there's|someone|somebody|let|let's|don't|dont|doesn't|isn't|what|why|who|please|a|the|leave|keep|wrong)$/
/** They fill a pause: they stop nothing where more work follows. */
const pauses = phraseTable(['hm', 'hmm', 'hmmm', 'mhm', 'um', 'uh', 'uhm', 'er', 'err', 'erm', 'meh', 'eh', 'ah', 'oh', 'oh well', 'well', 'though', 'although', 'but', 'or', 'and', 'so', 'maybe', 'perhaps', 'ok', 'okay', 'please', 'yeah', 'yes', 'now', 'just', 'however', 'anyway'])
/** What follows stands beside what was said, and in place of nothing. */
const adds = /^(?:and|also|plus|then|first|before|after|afterwards|one|once|additionally|besides|in|to)$/

export function saysOver (tokens: readonly Token[]): boolean {
  return tokens.length <= 8 && over.test(spell(tokens))
}

/** Words of a part that are looked at: at its front, and at its end. */
const longest = 60

function spell (tokens: readonly Token[]): string {
  const said = tokens.length <= 2 * longest ? tokens : [...tokens.slice(0, longest), ...tokens.slice(-longest)]
  return render(said.filter(({ kind }) => kind !== 'mark').map((token) => ({ ...token, spaced: true }))).toLowerCase().replace(/n't(?= |$)/g, ' not')
}

/** How many words at `at` stop what was being said; 0 for none. */
export function stopLength (tokens: readonly Token[], at: number): number {
  const stop = matchPhrase(tokens, at, stops)
  const last = tokens[at + stop]
  // "Scratch space", "rather than" and "instead of" say other things.
  if (stop > 0 && !isOther(tokens[at]?.lower ?? '', last)) return stop
  const halt = matchPhrase(tokens, at, halts)
  const next = tokens[at + halt]
  if (halt === 0 || (tokens[at]?.lower === 'sorry' && next !== undefined && /^(?:for|about|to|i|that|it's|this)$/.test(next.lower) && tokens[at + halt + 1]?.lower !== 'meant')) return 0
  return next === undefined || (next.kind === 'mark' && next.text !== '(') || thought.test(next.lower) || matchPhrase(tokens, at + halt, stops) > 0 ? halt : 0
}

const ambiguous = /^(?:scratch|strike|ignore|disregard|correction|edit|edited|wrong|abort|typo)$/
const meant = /^(?:that|this|it|them|all|everything|what|the|last|my|me|those|these|i|no|not|one|window|chat|channel|environment|cluster|node|server|tab|deploy|from|above|don't)$/

function isOther (word: string, next: Token | undefined): boolean {
  if (/^(?:instead|rather)$/.test(word)) return /^(?:of|than)$/.test(next?.lower ?? '')
  return ambiguous.test(word) && next?.kind === 'word' && !meant.test(next.lower) && !/^\d/.test(next.lower)
}

export interface SecondThought {
  /** Where it begins. */
  at: number
  /** Where it ends: at a bracket's end, or with the sentence. */
  to: number
}

/** Passes over words that stop and fill pauses. */
function passStops (tokens: readonly Token[]): { at: number, stopped: boolean } {
  let at = 0
  let stopped = false
  for (let length = 1; length > 0 && at < tokens.length; at += length) {
    const stop = stopLength(tokens, at)
    stopped ||= stop > 0
    length = stop || matchPhrase(tokens, at, pauses) || (tokens[at]?.kind === 'mark' ? 1 : 0)
  }
  return { at, stopped }
}

/** What stands behind "actually", "wait" and their like. */
export function behindStops (tokens: readonly Token[]): readonly Token[] {
  return tokens.slice(passStops(tokens).at)
}

/** Whether a part that stands behind work makes it doubtful, and is not plainly more work beside it. `verb`: of that work, as what is not used is no reason against its removal. */
export function hasSecondThought (tokens: readonly Token[], verb = ''): boolean {
  const { at, stopped } = passStops(tokens)
  const rest = tokens.slice(at)
  const said = spell(tokens)
  if (tokens.length <= 8 && over.test(said)) return true
  // "Let's do that after the audit"
  if (putsOff.test(said) || dropsThought.test(said) || /^or (?:is|are|was|were|has|have|had|do|does|did|should|would|could|can|will) /.test(said) || /^(?:said|says|quoth|wrote|thus)\b/.test(said)) return true
  // "Maybe ask me again tomorrow"
  if (/^(?:ask|remind|call|ping|wait|stand|bear|let|give|talk|come)$/.test(rest[0]?.lower ?? '') && /^(?:me|us|with|for|back|by|to)$/.test(rest[1]?.lower ?? '') && !/^(?:let|give) (?:me|us) (?:know|have|get|a)\b/.test(spell(rest))) return true
  // "…, but only the API to prod" may leave out the others, or leave out nothing.
  if (/^(?:but )?(?:only|just) (?:the|our|that|this|these|those) /.test(said) && !asksForWork(tokens)) return true
  if (stopped) return !(asksForWork(rest) && (adds.test(rest[0]?.lower ?? '') || addsTo(tokens, at)))
  if (asksForWork(rest)) return /\binstead$/.test(said)
  const front = readFront(rest)
  // "Don't touch Loki" says what else is not to be done; "not sure that is wise" does not.
  if (front.negated ? rest[front.refused - 1]?.lower !== 'not' || front.refused > 1 : front.asked) return holdsOff.test(said)
  if (said === 'not') return true
  return !isCourtesy(tokens) && !(removes.test(verb) && unused.test(said)) && !wanted.test(said) && (sign.test(said) || quoted.test(said) || ((ofTheWork.test(said) || denies.test(said)) && !explains.test(said)))
}

/** "Wait, also deploy it", "… too": the word may have been passed over. */
function addsTo (tokens: readonly Token[], at: number): boolean {
  return tokens.slice(0, at + 1).some(({ lower }) => /^(?:also|and|plus)$/.test(lower)) || /^(?:too|also|well)$/.test(tokens.at(-1)?.lower ?? '') || passOver(tokens).at === tokens.length
}

/** They never stand inside of what is asked for, so they stop it also where somebody wrote no mark. */
const unmarked = phraseTable(['hmm', 'hm', 'nvm', 'nah', 'nope', 'oops', 'whoops', 'jk', 'lol', 'haha', 'hahaha', 'ugh', 'argh', 'oh wait', 'oh no', 'no wait', 'wait no', 'ah no', 'ah forget it', 'ah wait', 'sorry wrong', 'actually no', 'actually nah', 'actually not', "actually don't", 'actually dont', 'actually never mind', 'actually leave', 'actually keep', 'actually wait', 'never mind', 'nevermind', 'forget it', 'forget that', 'scratch that', 'strike that', 'on second thought', 'then again', 'or rather', 'wait'])

function stopsUnmarked (tokens: readonly Token[], at: number): boolean {
  const length = matchPhrase(tokens, at, unmarked)
  if (length === 0 || determiners.has(tokens[at - 1]?.lower ?? '')) return false
  return tokens[at]?.lower !== 'wait' || length > 1 || (thought.test(tokens[at + 1]?.lower ?? '') && tokens.slice(at).some(({ lower }) => finiteVerbs.has(lower) || /'(?:s|re|m)$|^(?:no|not|don't|dont)$/.test(lower)))
}

const joints = /^(?:[,;:–—([-]|\.+)$/
const jointWords = /^(?:but|or|though|although)$/

/** Where inside a sentence that asks for work its second thought begins; null where there is none. */
export function secondThoughtIn (tokens: readonly Token[]): SecondThought | null {
  const verb = verbAtFront(tokens, readFront(tokens).at)?.base
  for (let i = 2; i < tokens.length; i++) {
    const token = tokens[i]
    if (!token) break
    const mark = token.kind === 'mark'
    if (!(mark ? joints.test(token.text) : jointWords.test(token.lower) || stopsUnmarked(tokens, i)) || (token.depth > 0 && !/^[([]$/.test(token.text))) continue
    const end = /^[([]$/.test(token.text) ? tokens.findIndex(({ depth, text }, at) => at > i && depth === token.depth && /^[)\]]$/.test(text)) : -1
    const to = end === -1 ? tokens.length : end
    const tail = tokens.slice(mark ? i + 1 : i, to)
    if (tail.length === 0 || !opensSecondThought(tail, verb)) continue
    const before = tokens.slice(0, i)
    // "Whether they are signed or not" is one thing.
    const whether = token.lower === 'or' && before.some(({ lower }) => /^(?:whether|if)$/.test(lower))
    if (!whether && (asksForWork(before) || (readFront(before).asked && !readFront(before).negated))) return { at: i, to }
  }
  return null
}

function opensSecondThought (tail: readonly Token[], verb?: string): boolean {
  const [first] = tail
  if (!first || /^(?:if|once|when|after|before|unless|until|who|and)$/.test(first.lower)) return false
  if (first.lower === 'which') return /^which (?:i|we|he|she|they|nobody|no one)\b/.test(spell(tail)) && denies.test(spell(tail))
  if (first.lower === 'that' && !finiteVerbs.has(tail[1]?.lower ?? '')) return false
  if (prepositions.has(first.lower) && first.lower !== 'that') return quoted.test(spell(tail))
  const listed = asListOf(tail)
  return (listed === null || hasSecondThought(listed, verb)) && hasSecondThought(tail, verb)
}

const thing = '[a-z][a-z0-9.-]*'
const listPattern = new RegExp(`^(?:${thing}, )*${thing},? (?:and|or|&) ${thing}(?= (?:to|for|in|on|from|at|into|with|but not|except|too)\\b|$)`)

/** "payments|, orders and users to v2": how the rest of a list of things reads with words in the place of those that may be verbs, and without what it leaves out; null where it is none. */
function asListOf (tail: readonly Token[]): readonly Token[] | null {
  if (tail.length > longest) return null
  const said = render(tail)
  const [list] = listPattern.exec(said) ?? []
  const [first] = tail
  if (list === undefined || !first || finiteVerbs.has(first.lower) || determiners.has(first.lower) || prepositions.has(first.lower) || thought.test(first.lower)) return null
  const left = said.slice(list.length)
  return tokenize(list.replace(/\b[a-z-]+[^s\W]s\b/g, 'things') + (/^ (?:but not|except) [a-z0-9.-]+$/.test(left) ? '' : left))
}

/** What an item of a list, or what stands under it, says against it; null where nothing does. */
export function secondThoughtOf ({ tokens, details }: Item): string | null {
  const inside = secondThoughtIn(tokens)
  if (inside) return render(tokens.slice(inside.at, inside.to)).replace(/^[^\p{L}\p{N}"'`]+/u, '')
  return details.split(/(?<=[.!?])\s+/).find((said) => hasSecondThought(tokenize(said)) && !asksForWork(behindStops(tokenize(said)))) ?? null
}

/** "No longer necessary" and "ok it works now" look like one. */
function isCourtesy (tokens: readonly Token[]): boolean {
  return tokens.length <= longest && isPleasantry(render(tokens)) && !(/^(?:no|well|right|wait|hold|oh|oops|one|please|ok|okay|great|good|fine|cool|yes|nice)$/.test(tokens[0]?.lower ?? '') && tokens.length > 2 && sign.test(spell(tokens)))
}

/** "After the audit, that is", "not before Monday!": a sentence that only says when. */
export function onlySaysWhen (tokens: readonly Token[]): boolean {
  const led = readLeadingCondition(tokens)
  if (led) return /^(?:that is|i mean|i meant|please|not earlier|not now|though)$/.test(spell(led.rest))
  const from = tokens[0]?.lower === 'not' ? 1 : 0
  return tokens.length > 1 && /^(?:after|before|until|till|once|when|if|unless|only|in|as|provided)$/.test(tokens[from]?.lower ?? '') && readOpener(tokens, from) !== null
}

/** Whether something told behind work speaks against it: of what cannot be undone all that does not explain it, of what goes live all that is red. */
export function speaksAgainst (verb: string, tokens: readonly Token[]): boolean {
  const said = spell(tokens)
  if (isCourtesy(tokens)) return false
  return (undoable.test(verb) && !explains.test(said) && !unused.test(said)) || (ships.test(verb) && ailing.test(said) && !/^(?:because|since|(?:the|our) (?:old|previous|current|existing|last))\b/.test(said))
}

/** "Does anyone still use it?": behind work a question that wants a yes or a no is one about that work. */
export function staysOpen (question: readonly Token[]): boolean {
  if (question.length > 0 && (stopLength(question, 0) > 0 || /^(?:but|or|hm+|though|oh|uh|er+|well)$/.test(question[0]?.lower ?? ''))) return true
  return /^(?:is|are|was|were|does|do|did|has|have|had|will|would|should|shall|may|might|isn't|aren't|doesn't|don't|didn't|hasn't|haven't|won't|wouldn't|shouldn't|or)$/.test(behindStops(question)[0]?.lower ?? '') || hasSecondThought(question)
}
