import { categoryOf } from './categories.ts'
import { readLeadingCondition, readOpener } from './clauses.ts'
import { places, stripAsides, trim } from './drafts.ts'
import { readEach } from './each.ts'
import { readFront } from './front.ts'
import { exceptIn, vague } from './labels.ts'
import { determiners, prepositions } from './lexicon.ts'
import { asksFavour, noWork } from './no-work.ts'
import { quotesOther } from './opinions.ts'
import { components } from './phrases.ts'
import type { TaskRequest } from './requests.ts'
import { saysOver } from './second-thoughts.ts'
import { timeLength } from './times.ts'
import { render, tokenize, words, type Token } from './tokens.ts'
import { isDetermined, verbAtFront } from './verbs.ts'

/**
 * What words before a list, or before a colon, say of all that follows. Only `work` starts it; `unknown` is asked about, what is refused, told or
 * asked is left, and `cancel`, `retry` and `status` are about tasks there are.
 */
export type LeadIn = 'work' | 'refused' | 'told' | 'question' | TaskLeadIn | 'unknown'
export type TaskLeadIn = 'cancel' | 'retry' | 'status'

export function isOfTasks (leadIn: LeadIn): leadIn is TaskLeadIn {
  return leadIn === 'cancel' || leadIn === 'retry' || leadIn === 'status'
}

/** The request each part makes under words such as "cancel these": about the task of that name, and never new work. */
export function requestsOf (kind: TaskLeadIn, parts: readonly (readonly Token[])[]): TaskRequest[] {
  return parts.map((part) => {
    const about = spell(part)
    return kind === 'status' ? { kind, about } : { kind, about, all: false, category: null, except: '' }
  })
}

const pointing = '(?: (?:up|again|all|both|each|any|of|on|with|for|to|the|these|those|this|following|below|two|three|four|five|tasks?|jobs?|ones?|things?|me|us|please|now))*'
const aboutTasks: readonly (readonly [LeadIn, RegExp])[] = [
  ['cancel', new RegExp(`^(?:cancel(?:l?ing)?|abort(?:ing)?|call(?:ing)? off|stop(?:ping)?|halt|kill|terminate)${pointing}$`)],
  ['retry', new RegExp(`^(?:retry(?:ing)?|rerun|re-run|redo)${pointing}$|^(?:try|run|start|repeat)${pointing} again$`)],
  ['status', new RegExp(`^(?:(?:what|how)(?:'s| is| are) )?(?:the )?(?:(?:status|progress)${pointing}|(?:state|update)s? (?:of|on|for)${pointing})$|^(?:how are|how is|check on|where are)${pointing}(?: (?:doing|going|coming along))?$`)]
]

/** What refuses wherever it stands in such words. */
const refusing = /^(?:(?:and|but|please|ok|still|absolutely|definitely|things|stuff|items|work) )*(?:no|not|never|none|nothing|neither|nobody|cannot|avoid|skip|forbidden|prohibited|banned|rejected|declined|refused|denied|dropped|cancell?ed|abandoned|postponed|deferred|parked|excluded|off limits|out of|nope|nah|on hold|hands off|leave|ignore|forget|keep|against|won't|wontfix)\b|\b(?:not|never|none of|nothing|nobody|cannot|should ?n't|out of (?:scope|bounds)|off limits|decided against|no (?:longer|need|more|go)|rather keep|leave (?:these|those|them|this|it|the following)|do without)\b/
/** What was done, or is somebody's. */
const telling = /\b(?:did|was|were|had|has|finished|completed|deleted|created|deployed|changed|learned|saw|noticed|happened|yesterday|ago|last (?:night|week|month|year|time|sprint)|he|she|they|his|her|their|someone|somebody|anyone|everybody|everyone|colleagues?|vendor|intern|boss|said|says|suggest\w*|recommend\w*|proposed|claims?|wrote)\b|^(?:already )?done\b|\balready\b/
const toBeDone = /\b(?:(?:to|must|should|can|could|needs? to|have to|has to) be |(?:get|have|want|need|like) (?:\w+ ){1,4}?)(?:done|finished|completed)\b|\bto get done\b|\bas discussed\b|\bhas to\b/g
/** Whose it may be, as nobody's but the one who is asked. */
const ours = /^(?:today|tonight|week|month|sprint|morning|afternoon|evening|day|here|let|what|that|it|there|where|monday|tuesday|wednesday|thursday|friday|quarter|year)'s$/
/** A fault, or a need, told before what is to be done about it. */
const reason = /\b(?:broken|down|full|slow|fail\w*|red|stuck|expir\w+|leak\w*|crash\w*|missing|outdated|flaky|unreachable|errors?|urgent|important|unhealthy|vulnerable|exposed|hangs|(?:does|do|is|are|has) (?:not|n't) (?:respond\w*|work\w*|start\w*|reachable|available|healthy|ready|build|compile|load)|too (?:slow|small|big|old|large|few|many)|must|has to|have to|needs?|coming|compliant|(?:moving|migrating|switching|going live|launching))\b/

/** They say nothing of what follows but that it comes, or why. */
const courteous = /^(?:(?:and|oh|also|hi|hello|hey|so|ok) ?)*(?:oh|and|also|(?:sorry|apologies|thanks|thank you)\b.*|to be clear|in short|in brief|in addition|additionally|(?:friendly |gentle |quick )?reminder|follow-?ups?|fyi|btw|by the way|here (?:we|it) goe?s?|assigned to you|(?:quick |one )?question for you)$/
const because = /^(?:(?:and|so) )?(?:due to|because of|as part of|in preparation for|regarding|concerning|with regard to|in view of) /

/** What is written down is told, be it of a field or not. */
const written = /\b(?:changelog|release notes|patch notes|minutes|notes|logs?|log file|output|excerpt|examples?|sample|history|summary|transcript|report|quote|glossary|faq)(?: (?:of|from|for|v?\d)\b.*)?$/

/** Verbs whose object is words, plans or what is not to be: a list of work under them is what they are about. */
export const aboutWork = words('review discuss check compare evaluate consider explain read remember imagine note document write draft describe estimate assess summarize summarise translate test verify validate simulate show display list print rank sort prioritize prioritise pick choose select recommend propose suggest question analyse analyze keep leave stop halt pause postpone drop ban block forbid deny prevent disable remove delete skip ignore reject decline undo revert cancel abort find search think ask tell count record collect gather announce proofread brainstorm confirm approve')

/** Words of headings that hold nothing but work: of these alone, of fields, places and names such words may be made. */
const plain = words(`
 task tasks todo todos to-do item items list lists checklist step steps work plan plans goal goals requirement requirements action actions point points thing things stuff job jobs request requests wish wishes wishlist need needs needed
 priority priorities prio p0 p1 p2 p3 deliverables deliverable objective objectives milestone sprint iteration phase stage wave round part parts group groups scope fix fixes change changes improvement improvements order sequence cleanup setup release
 preparation maintenance window savings cost checks daily nightly weekly wins launch go-live demo audit feat chore
 following below attached above these this that the a an all some both each every everything my our your few couple several one two three four five six seven eight nine ten more another other further also additional
 today today's now first second third then next finally lastly afterwards after last morning afternoon evening week week's this month month's sprint's day day's immediately asap soon right away and or plus with of
 quick small little tiny short big main new open remaining outstanding missing important urgent critical high higher highest top low lower lowest medium normal must nice mandatory required have has single simple
 please pls kindly @cortex hi hey hello morning good folks guys team cortex ok okay so well there here here's it's what's is are what i i'd we'd we you us me can could would like want do be done get still left to in for on from by at up as possible one-by-one parallel time standup
 infra docs documentation testing tests app apps application applications service services frontend backend website portal mobile product project onboarding tenant environment misc miscellaneous general other others chores housekeeping ops operations networking messaging storage analytics search billing identity auth compliance data bug bugs feature features story stories ticket tickets issue epic
`)
const notes = /^(?:[\p{L}]+[-_]?\d[\w.-]*|\d[\w.-]*|#\d+|[\p{Lu}]{2,8})$/u
/** "For the new cluster", "from the postmortem": what such a phrase may not be of. */
const elsewhere = /^(?:roadmap|burner|past|future|record|radar|agenda|shelf|reference|example|later|backlog|fridge|books|table|dream|theory|discussion|review|interest|sake|fun|moment|run|opinion|view|hands)$/

/** Reads what stands before a list or a colon; `question`: it ends in a question mark. */
export function readLeadIn (given: readonly Token[], question: boolean): LeadIn {
  const { tokens } = stripAsides(trim(given))
  if (tokens.length === 0 || readEach(given)) return 'work'
  const front = readFront(tokens)
  const rest = trim(tokens.slice(front.negated ? 0 : front.at))
  const about = aboutTasks.find(([, pattern]) => pattern.test(spell(rest)))?.[0]
  if (about && !front.negated) return about
  if (question && !front.asked) return 'question'
  const led = front.negated ? null : readLeadingCondition(tokens)
  if (led && led.rest.length > 0 && led.rest.length < tokens.length) return readLeadIn(led.rest, question)
  if (!front.negated && readOpener(tokens, 0)) return 'work'
  if (/^as (?:discussed|agreed|promised|requested|usual|planned)$/.test(spell(rest))) return 'work'
  if (courteous.test(spell(tokens)) || because.test(spell(tokens))) return 'work'
  const further = tokens.findLastIndex(({ text, depth }) => text === ',' && depth === 0) + 1
  if (further > 2 && readFront(tokens.slice(further)).asked) return readLeadIn(tokens.slice(further), question)
  if (quotesOther(tokens) || saysOver(tokens)) return 'told'
  const said = spell(cutExcept(tokens.slice(front.asked && !front.negated ? front.at : 0)))
  if ((!front.asked || /^(?:we|i)$/.test(tokens[0]?.lower ?? '')) && reason.test(spell(tokens)) && !/^(?:he|she|they|someone|somebody)\b/.test(said) && (/^(?:the|our|my|all|it|it's|there|this|that|these|those|we|we're|i|is|a|an|some)$/.test(tokens[0]?.lower ?? '') || /^not .* but /.test(said)) && tokens.length > 2) return 'work'
  if (front.negated || refusing.test(said)) return 'refused'
  if (!front.asked && !verbAtFront(rest, 0) && written.test(said)) return 'told'
  if (telling.test(said.replace(toBeDone, ' ')) || tokens.some(({ lower }) => /'s$/.test(lower) && !ours.test(lower))) return 'told'
  return asks(rest, front.asked) || isHeading(cutExcept(tokens)) ? 'work' : 'unknown'
}

/** Whether a sentence without a colon speaks for the list under it: "which of these is best?", "I did this today.", "none of this please". */
export function leadsList (tokens: readonly Token[], question: boolean, open: boolean): boolean {
  const front = readFront(tokens)
  // "Out of scope" on a line of its own
  if (open && tokens.length <= 10 && !front.asked && (front.negated || !asks(trim(tokens.slice(front.at)), false))) return true
  // "Not now.", "Out of scope."
  if (tokens.length <= 5 && (front.negated ? tokens.slice(front.refused).every(({ lower, kind }) => kind === 'mark' || plain.has(lower) || /^(?:yet|just|any)$/.test(lower)) : !front.asked && refusing.test(spell(tokens)))) return true
  return (question && !front.asked) || (tokens.some(({ lower }) => /^(?:this|these|those|them|that|any|following|list)$/.test(lower)) && (front.negated || refusing.test(spell(tokens)) || telling.test(spell(tokens))))
}

/** "Everything except the scan": what is left out is taken back by itself. */
function cutExcept (tokens: readonly Token[]): readonly Token[] {
  const left = exceptIn(tokens).length
  return left === 0 ? tokens : tokens.slice(0, -left - 1)
}

/** "Open questions", "test plan": such words name a thing where nothing shows them to be verbs. */
const namesThing = /^(?:open|question|plan|point|order|change|release|review|report|design|model|support|access|process|test|label|mark|cut|list|name|view|watch|work|plot|mock|log|stage|block|show|record|draft|research|estimate)$/

/** "Set up the following", "please take care of these" */
function asks (tokens: readonly Token[], asked: boolean): boolean {
  const verb = verbAtFront(tokens, 0)
  if (verb && !(namesThing.test(verb.base) && !asked && tokens.length > 1 && !isDetermined(tokens[1]))) return !noWork.test(verb.base) && !/\b(?:would|could|might|may|will|maybe|perhaps)\b/.test(spell(tokens)) && !(vague.has(verb.base) && asksFavour(tokens.slice(verb.length)))
  return asked && !noWork.test(tokens[0]?.lower ?? '') && !asksFavour(tokens) && (tokens.length === 0 || isHeading(tokens) || determiners.has(tokens[0]?.lower ?? ''))
}

/** Whether words are the name of a plan, of a field, a place or a time of work: "Tasks for the release", "DNS", "Today". */
function isHeading (tokens: readonly Token[]): boolean {
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]
    if (!token || token.kind === 'mark') continue
    const time = timeLength(tokens, i)
    // "For Thursday" says when, but not so that it could be waited for.
    if (time > 0 && tokens[i - 1]?.lower === 'for') return false
    if (time > 0) { i += time - 1; continue }
    // "for the new cluster": whatever it names, but no person's own.
    if (prepositions.has(token.lower) && /^(?:the|this|our|your|my|that|these|all|each|every|both)$/.test(tokens[i + 1]?.lower ?? '')) {
      const end = tokens.findIndex(({ kind, lower }, at) => at > i + 1 && (kind === 'mark' || prepositions.has(lower)))
      const phrase = tokens.slice(i + 2, end === -1 ? undefined : end)
      if (phrase.length > 4 || (phrase.length === 1 && elsewhere.test(phrase[0]?.lower ?? ''))) return false
      i += 1 + phrase.length
      continue
    }
    if (!plain.has(token.lower) && !isField(token)) return false
  }
  return true
}

function isField (token: Token): boolean {
  return token.kind === 'quote' || places.has(token.lower) || components.has(token.lower) || notes.test(token.text) || categoryOf([token], 1) !== 'general' || /^(?:staging|prod|dev|qa|eu|us|ap)-/.test(token.lower) || (token.lower.includes('-') && token.lower.split('-').some((part) => categoryOf(tokenize(part), 1) !== 'general'))
}

function spell (tokens: readonly Token[]): string {
  return render(tokens.filter(({ kind }) => kind !== 'mark').map((token) => ({ ...token, spaced: true }))).toLowerCase().replace(/\bcan't\b/g, 'cannot').replace(/\bwon't\b/g, 'will not').replace(/n't(?= |$)/g, ' not').replace(/\bdont\b/g, 'do not')
}
