import type { Priority } from '@cortex/contracts'
import { takeCondition, type Clause, type Condition } from './clauses.ts'
import { topicOf } from './topics.ts'
import { readFinding } from './findings.ts'
import { readFront, type Front } from './front.ts'
import { compoundHeads, determiners, doubtfulVerbs, functionWords, prepositions, pronouns } from './lexicon.ts'
import { isCommand } from './commands.ts'
import { stripAsides, trim } from './drafts.ts'
import { readNominalization } from './nominalizations.ts'
import { asksFavour, asksRather, keepsAsIs, negatedAt, noWork, tells, wantedInstead } from './no-work.ts'
import { isNoRequest, isPastime } from './no-request.ts'
import { readPassive, readWanting, withBase } from './passives.ts'
import { readTaskRequest, readWaiver, type RequestContext, type TaskRequest } from './requests.ts'
import { takeTime } from './times.ts'
import { render, tokenize, type Token } from './tokens.ts'
import { isDetermined, verbAtFront } from './verbs.ts'

/** Work as one clause asks for it. */
export interface Work {
  kind: 'work'
  verb: string
  /** The person named only a thing; the verb is ours or another clause's. */
  nominal: boolean
  object: readonly Token[]
  /** All that was said, without words about the message. */
  words: readonly Token[]
  /** The part of `words` behind `object`. */
  rest: readonly Token[]
  conditions: readonly Condition[]
  priority: Priority | null
  /** "…, but this first". */
  first: boolean
}

/** What one clause is. */
export type Reading =
  | Work
  | { kind: 'request', request: TaskRequest }
  /** A request about tasks that is not to be met at once. */
  | { kind: 'deferred', words: readonly Token[], until: Condition }
  | { kind: 'constraint' }
  /** It asks whether a task is to be cancelled or tried again. */
  | { kind: 'whether' }
  /** `more`: it asks to be told something about the work named before. */
  | { kind: 'question', more: boolean }
  /** It tells something, or only how urgent or how ordered the rest is. */
  | { kind: 'statement', priority: Priority | null }
  | { kind: 'nothing' }

export interface ClauseContext extends RequestContext {
  /** An item of a list, or a part behind "then": work also without a verb. */
  listed: boolean
  /** The head of the list has the verb, so words that may be nouns are. */
  nouns: boolean
  /** The verb for parts without one, from the head of the list or the clause before. */
  sharedVerb: string | null
}

const asksToBeTold = /^(?:tell|know|understand|say|describe|advise|teach|remind)$/
/** Words to a person, or for what no tool can do. */
const asksFirst = /^(?:ask|tell|inform|notify|warn|ping|call|consult|check with|talk to|wait for|get back to) (?:me|us)\b.*\bbefore\b/
const idle = /^(?:start (?:over|afresh)$|let me (?!have|get)|get (?:going|started|on with|back)|(?:ignore|disregard) (?:my|that|this|it|what i|the (?:last|above|previous))|pause (?:everything|all|it all|them|all tasks))\b/
const whWords = /^(?:what|how|why|who|whom|whose|where|which|when|what's|how's|who's|where's|why's|whats|is|are|does|do|did|has|have|was|were|am|isn't|aren't|doesn't|don't|didn't|should|shall|would|may|might|will|can|could)$/

export function readClause ({ tokens: given, leading }: Clause, about: ClauseContext): Reading {
  // "If the API is down, restart it": that "it" is the API, and no task.
  const opener = leading?.opens ? render(topicOf(leading.tokens)).toLowerCase() : ''
  const context = opener !== '' && !about.isKnown(opener) ? { ...about, working: true } : about
  if (given.length <= 12 && praise.test(render(given).toLowerCase())) return { kind: 'statement', priority: null }
  const front = readFront(given)
  if (front.negated) {
    // "Forget the pipeline task" is about a task there is.
    const request = given.length <= 12 ? readTaskRequest(render(given).toLowerCase(), context) : null
    if (request?.kind === 'cancel' && context.isLive(request.about)) return { kind: 'request', request }
    const waived = given.length <= 12 ? readWaiver(render(given).toLowerCase(), context) : null
    return waived ? { kind: 'request', request: waived } : { kind: 'constraint' }
  }
  if (isNoRequest(given)) return isPastime(given) ? { kind: 'statement', priority: null } : { kind: 'constraint' }
  const said = given.slice(front.at)
  // "I'd appreciate it if you deployed Grafana"
  const tokens = front.asked && given[front.at - 2]?.lower === 'if' ? withBase(said) : said
  if (keepsAsIs(tokens)) return { kind: 'constraint' }
  if (tokens.length === 0) return { kind: 'nothing' }
  const lower = render(tokens).toLowerCase()
  const request = lower.length <= 400 ? readTaskRequest(lower, context) : null
  // "Cancel the monitoring?" and "maybe cancel it" ask whether to.
  if (request && /^(?:cancel|retry)$/.test(request.kind) && ((context.question && !front.asked) || doubts(given.slice(0, front.at)) || (context.question && asksRather(given.slice(0, front.at), trim(tokens))))) return { kind: 'whether' }
  // "Cancel nothing", "cancel neither the scan nor the pipeline"
  if (request && 'about' in request && negatedAt(request.kind, tokenize(request.about)) === 0) return { kind: 'constraint' }
  if (request) {
    const until = request.kind === 'cancel' || request.kind === 'retry' ? leading ?? conditionsIn(tokens).at(0) : undefined
    return until ? { kind: 'deferred', words: tokens, until } : { kind: 'request', request }
  }
  const word = tokens[0]?.lower ?? ''
  if (idle.test(lower)) return { kind: 'statement', priority: null }
  if (word === 'let' && /^let (?:me|us) know\b/.test(lower)) return { kind: 'statement', priority: null }
  const told = asksToBeTold.test(word) && /^(?:me|us)$/.test(tokens[1]?.lower ?? '')
  // "I need to know which services have no owner"
  const wished = front.asked && /^(?:know|see)$/.test(word) && /^(?:which|what|how)$/.test(tokens[1]?.lower ?? '')
  const finding = readFinding(told ? tokens.slice(2) : wished ? tokens.slice(1) : tokens, wished)
  if (finding) return { kind: 'work', nominal: false, ...finding, words: tokens, rest: [], conditions: leading ? [leading] : [], priority: null, first: false }
  if (/^(?:explain|clarify|elaborate)$/.test(word)) return { kind: 'question', more: false }
  if (asksToBeTold.test(word) && /^(?:me|us|what|how|why|the difference|to me|where|whether|if|about)$/.test(tokens[1]?.lower ?? '')) return { kind: 'question', more: told }
  if (/^(?:show|teach|help)$/.test(word) && /\b(?:how|why|what)\b/.test(lower.slice(0, 24))) return { kind: 'question', more: false }
  // "Ask me before deleting the cache"
  if (asksFirst.test(lower)) return { kind: 'constraint' }
  const task = word === 'do' && !context.question && isDetermined(tokens[1])
  if (!front.asked && whWords.test(word) && !task) return context.question || /^(?:what|how|why|who|where|which|what's|how's)/.test(word) ? { kind: 'question', more: word === 'which' && /^(?:are|is|of|ones|have|need)$/.test(tokens[1]?.lower ?? '') } : { kind: 'statement', priority: stripAsides(tokens).priority }

  if (context.question && asksRather(given.slice(0, front.at), trim(tokens))) return { kind: 'question', more: false }
  const aside = stripAsides(tokens)
  if (isCommand(aside.tokens)) return { kind: 'work', verb: 'run', nominal: false, object: aside.tokens, words: aside.tokens, rest: [], conditions: leading ? [leading] : [], priority: aside.priority, first: false }
  // "Make the scan high priority" is about the scan that was just asked for.
  if (context.working && aside.priority && urges.test(lower)) return { kind: 'statement', priority: aside.priority }
  const split = takeCondition(aside.tokens)
  const timed = takeTime(split.tokens)
  const conditions = [...(leading ? [leading] : []), ...(split.condition ? [split.condition] : []), ...(timed.time.length > 0 ? [momentOf(timed.time)] : [])]
  const { tokens: body, first } = takeFirst(trim(timed.tokens))
  const common = { words: aside.tokens, rest: aside.tokens.slice(split.tokens.length), conditions, priority: aside.priority ?? stripAsides(given).priority, first }
  const nominalized = context.question && !front.asked ? null : readNominalization(body)
  if (nominalized) return { kind: 'work', nominal: false, ...nominalized, ...common }
  const opening = verbAtFront(body, 0)
  // "logging stack" is a thing; "setting up the stack" and "start by deploying" are work.
  const noun = opening?.length === 1 && !isDetermined(body[1]) && (opening.gerund
    ? !leadsGerund(given, front.at) && (!front.asked || !body[1] || prepositions.has(body[1].lower))
    : doubtfulVerbs.has(opening.base) && (context.nouns || (context.listed && namesThing(body))))
  const verb = noun ? null : opening
  if (verb && !noWork.test(verb.base) && !(context.question && !front.asked && !context.listed)) {
    const object = body.slice(verb.length)
    const wanted = negatedAt(verb.base, object) === -1 ? object : wantedInstead(object)
    return wanted.length === 0 && object.length > 0 ? { kind: 'constraint' } : { kind: 'work', verb: verb.base, nominal: false, object: wanted, ...common }
  }
  if (body.length === 0) return { kind: 'statement', priority: aside.priority }
  const passive = context.question ? null : readPassive(body, front.asked) ?? (front.asked ? readWanting(body) : null)
  if (passive) return { kind: 'work', nominal: false, ...passive, ...common }
  const named = readNominal(body, front, context, /^(?:me|us)$/.test(given[front.at - 1]?.lower ?? ''))
  return named ? { kind: 'work', verb: named, nominal: true, object: body, ...common } : { kind: 'statement', priority: aside.priority }
}

const praise = /^(?:(?:very|really|wow|so),? )*(?:nice|great|good|excellent|amazing|awesome|lovely|brilliant|fantastic|superb|solid|outstanding) (?:work|job|stuff|catch|call|effort|progress|teamwork)\b(?!.*\bplease\b)/
const urges = /^(?:make|mark|set|treat|flag) (?:it|them|this|that|both|(?:the|that|this) [\w-]+(?: [\w-]+)?) (?:(?:as|to|a|an|very|of) )*(?:critical|urgent|high|highest|top|medium|normal|low|lowest)(?:[ -]prio(?:rity)?)?$/
const doubt = /\b(?:why (?:don't|do not) (?:we|i)|why not|(?:can|could|may) (?:we|i)|maybe|perhaps|possibly|probably|i (?:think|guess|wonder)|(?:how|what) about|what if|shall we|we (?:should|ought|could|might|had better))\b/

function doubts (front: readonly Token[]): boolean {
  const said = render(front).toLowerCase()
  return doubt.test(said) && !/\bplease\b/.test(said)
}

function momentOf (tokens: readonly Token[]): Condition {
  return { relation: 'at', opener: '', tokens }
}

/** What puts off a request about tasks; "before it does harm" only tells why. */
function conditionsIn (tokens: readonly Token[]): readonly Condition[] {
  const { condition, tokens: rest } = takeCondition(tokens)
  const { time } = takeTime(rest)
  return [...(condition && condition.relation !== 'before' ? [condition] : []), ...(time.length > 0 ? [momentOf(time)] : [])]
}

/** "backup schedule", "log rotation": without an article a thing in the singular is no object of a verb. */
function namesThing ([, next, after]: readonly Token[]): boolean {
  return next !== undefined && compoundHeads.has(next.lower) && !/s$/.test(next.lower) && (!after || after.kind === 'mark' || prepositions.has(after.lower))
}

function leadsGerund (tokens: readonly Token[], at: number): boolean {
  return /^(?:by|with|mind|about)$/.test(tokens[at - 1]?.lower ?? '')
}

function takeFirst (tokens: readonly Token[]): { tokens: readonly Token[], first: boolean } {
  const first = tokens.length > 2 && /^(?:first|beforehand|upfront)$/.test(tokens.at(-1)?.lower ?? '')
  return { tokens: first ? tokens.slice(0, -1) : tokens, first }
}

/** The verb for a noun that is asked for: "I need a security scan", "- monitoring". Null when it is no thing to make or do. */
function readNominal (tokens: readonly Token[], { asked, wantsVerb }: Front, { listed, sharedVerb }: ClauseContext, gives: boolean): string | null {
  const [first] = tokens
  if (!first || first.kind === 'mark' || !(asked || listed) || noWork.test(first.lower) || asksToBeTold.test(first.lower) || asksFavour(tokens) || tells(tokens)) return null
  if (wantsVerb) return first.kind === 'word' && /^[a-z-]{3,20}$/.test(first.lower) && !noWork.test(first.lower) && !functionWords.has(first.lower) && tokens.length > 1 ? '' : null
  const open = /^(?:a|an|the|our|my|some|another|all|both|every|new|more|better|two|three|four|five)$/
  if (pronouns.has(first.lower) || prepositions.has(first.lower) || (functionWords.has(first.lower) && !open.test(first.lower))) return null
  if (tokens.length > 30 && !listed) return null
  const usual = verbForNoun(tokens)
  // "Get me the logs": what one asks to be given is there already.
  return usual === 'set up' ? sharedVerb ?? (gives && !/^(?:an?|some)$/.test(first.lower) ? 'get' : usual) : usual
}

/** What one does with a thing when nobody says: scans are run, reports written, the rest is set up. */
function verbForNoun (tokens: readonly Token[]): string {
  const at = tokens.findIndex(({ lower }, i) => i > 0 && (prepositions.has(lower) || lower === ','))
  const head = tokens[(at === -1 ? tokens.length : at) - 1]?.lower ?? ''
  if (/^(?:scan|scans|audit|audits|test|tests|check|checks|inventory|benchmark|benchmarks|scanning|pentest|review|assessment|analysis|drill)$/.test(head)) return 'run'
  if (/^(?:number|count|names|amount|size|address|addresses)$/.test(tokens.find(({ lower }) => !determiners.has(lower))?.lower ?? '')) return 'find'
  if (/^(?:list|report|reports|overview|summary|document|documentation|readme|changelog|page|diagram|plan|runbook|spreadsheet|catalog|catalogue|proposal|table|chart|breakdown|script|function|endpoint|form|component)$/.test(head)) return 'create'
  return 'set up'
}
