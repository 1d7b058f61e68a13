import { isTerminal } from '@cortex/contracts'
import type { Conversation, KnownTask, Step } from './conversation.ts'
import { findTasks, idsIn, latestTurn, type Matches } from './references.ts'
import type { TaskRequest } from './requests.ts'
import type { Call } from './transcript.ts'

/** What a request about tasks comes to. Lookups come first; `calls` is empty until they are answered. */
export type Outcome =
  | { kind: 'calls', calls: readonly Call[] }
  | { kind: 'lookup', call: Call }
  /** Several tasks could be meant, or one whose name is not quite that, or (`elsewhere`) none of this conversation. */
  | { kind: 'ask', request: TaskRequest, among: readonly KnownTask[], elsewhere: boolean }
  | { kind: 'none', request: TaskRequest }

/** Tasks one request may act on. */
const mostTasks = 50
const longestWords = 200
/** Tasks named in a question at most. */
const mostAsked = 10

export function decide (request: TaskRequest, { before, now, steps }: Conversation): Outcome {
  if (request.kind === 'list') return request.everywhere ? { kind: 'lookup', call: listCall(request) } : lookAround(listCall(request), steps) ?? { kind: 'calls', calls: [] }
  if (request.kind === 'elsewhere') return { kind: 'none', request }
  const ids = idsIn(request.about)
  if (ids.length > 0) return act(request, ids)
  if (request.kind === 'status' && request.about === '') return statusOfLatest(before, steps)
  if (request.kind !== 'status' && request.all) return decideAll(request, now, steps)
  const found = findTasks(request.about, request.kind === 'status' ? before : before.filter(({ own }) => own))
  if (found.tasks.length > 0) return choose(request, found)
  if (request.about === '') return { kind: 'none', request }
  const call = { name: 'cortex_get_tasks', input: { text: searchWord(request.about), limit: 50 } }
  const step = answerTo(call, steps)
  if (!step) return { kind: 'lookup', call }
  const later = findTasks(request.about, rowsOf(step, now))
  if (later.tasks.length === 0) return { kind: 'none', request }
  if (request.kind === 'status') return choose(request, later)
  const here = { ...call, input: { conversation: 'current', ...call.input } }
  const ofConversation = answerTo(here, steps)
  if (!ofConversation) return { kind: 'lookup', call: here }
  const own = findTasks(request.about, rowsOf(ofConversation, now))
  return own.tasks.length > 0 ? choose(request, own) : { kind: 'ask', request, among: fitting(request, later.tasks).slice(0, mostAsked), elsewhere: true }
}

/** How the tasks that a question is about stand, by the calls that looked; null while these are not answered. */
export function heardOf (request: TaskRequest, conversation: Conversation): readonly Pick<KnownTask, 'status'>[] | null {
  const outcome = decide(request, conversation)
  if (outcome.kind !== 'calls') return outcome.kind === 'none' ? [] : null
  const steps = outcome.calls.map((call) => answerTo(call, conversation.steps))
  return steps.some((step) => step === null || step.failed) ? null : steps.flatMap((step) => Array.isArray(step?.output?.tasks) ? step.output.tasks : [step?.output])
}

function choose (request: TaskRequest, { tasks, ambiguous, named }: Matches): Outcome {
  const meant = fitting(request, tasks)
  if (request.kind !== 'status' && ((ambiguous && meant.length > 1) || !named || (request.kind === 'cancel' && request.unsure))) return { kind: 'ask', request, among: meant.slice(0, mostAsked), elsewhere: false }
  return act(request, meant.map(({ id }) => id))
}

/** Those on which the request can have an effect, or all where it can have none. */
function fitting ({ kind }: TaskRequest, tasks: readonly KnownTask[]): readonly KnownTask[] {
  const found = tasks.filter(({ status }) => fits(kind, status))
  return found.length > 0 ? found : tasks
}

/** As far as is known: a status may be old. */
function fits (kind: TaskRequest['kind'], status: KnownTask['status']): boolean {
  if (status === null || status === 'not_found') return true
  if (kind === 'cancel') return !isTerminal(status)
  return kind === 'retry' ? status === 'failed' || status === 'cancelled' : true
}

/** "Everything" is everything of this conversation, as it stands now. */
function decideAll (request: Extract<TaskRequest, { kind: 'cancel' | 'retry' }>, now: readonly KnownTask[], steps: readonly Step[]): Outcome {
  const call = { name: 'cortex_get_tasks', input: { conversation: 'current', limit: 200 } }
  const step = answerTo(call, steps)
  if (!step) return { kind: 'lookup', call }
  const kept = findTasks(request.except, now)
  // Whoever wants to keep what cannot be told from the rest would lose it.
  if (request.except !== '' && !kept.named) return { kind: 'none', request: { ...request, all: false, about: request.except } }
  const spared = new Set(request.except === '' ? [] : kept.tasks.map(({ id }) => id))
  const meant = rowsOf(step, now).filter(({ id, status, category }) => !spared.has(id) && (request.category === null || category === request.category) &&
    (request.kind === 'cancel' ? status !== null && status !== 'not_found' && !isTerminal(status) : status === 'failed'))
  // Beside which, only a task that was cancelled before tells.
  if (request.kind === 'cancel' && request.others && ![...now, ...rowsOf(step, now)].some(({ status }) => status === 'cancelled')) return { kind: 'ask', request, among: meant.slice(0, mostAsked), elsewhere: false }
  return meant.length > 0 ? act(request, meant.map(({ id }) => id)) : { kind: 'none', request }
}

function statusOfLatest (before: readonly KnownTask[], steps: readonly Step[]): Outcome {
  const latest = latestTurn(before)
  if (latest.length > 0) return act({ kind: 'status', about: '' }, latest.map(({ id }) => id))
  return lookAround({ name: 'cortex_get_tasks', input: { conversation: 'current', limit: 20 } }, steps) ?? { kind: 'calls', calls: [] }
}

/** A look at this conversation and one at all, so that the answer says what waits elsewhere; null when both are done. */
function lookAround (here: Call, steps: readonly Step[]): Outcome | null {
  if (!answerTo(here, steps)) return { kind: 'lookup', call: here }
  const everywhere = widened(here)
  return answerTo(everywhere, steps) ? null : { kind: 'lookup', call: everywhere }
}

/** The same look without the conversation. */
function widened ({ name, input }: Call): Call {
  return { name, input: Object.fromEntries(Object.entries(input).filter(([field]) => field !== 'conversation')) }
}

/** The look at this conversation that this one looks beyond; null for any other. */
export function hereOf ({ call }: Step, steps: readonly Step[]): Step | null {
  return steps.find((other) => other.call !== call && other.call.input.conversation === 'current' && JSON.stringify(widened(other.call)) === JSON.stringify(call)) ?? null
}

/** What a task needed that its create found lost, to be told how it ended. */
export function lookAtLost (steps: readonly Step[]): readonly Call[] {
  const created = steps.filter(({ call, failed }) => call.name === 'cortex_create_task' && !failed)
  const ids = new Map(created.map(({ call, output }) => [call.input.ref, output?.task_id]))
  const needed = created.filter(({ output }) => output?.status === 'cancelled').flatMap(({ call }) => Array.isArray(call.input.depends_on) ? call.input.depends_on as unknown[] : [])
  return [...new Set(needed.map((name) => ids.get(name) ?? name))].slice(0, mostAsked).map((id) => ({ name: 'cortex_get_task_status', input: { task_id: id } }))
}

function act (request: TaskRequest, ids: readonly string[]): Outcome {
  const meant = ids.slice(0, mostTasks)
  if (request.kind === 'status' && meant.length > 10) return { kind: 'calls', calls: [{ name: 'cortex_get_tasks', input: { task_ids: meant } }] }
  const name = request.kind === 'cancel' ? 'cortex_cancel_task' : request.kind === 'retry' ? 'cortex_retry_task' : 'cortex_get_task_status'
  return { kind: 'calls', calls: meant.map((id) => ({ name, input: { task_id: id, ...(request.kind === 'cancel' && { reason: 'Asked for in the chat' }) } })) }
}

function listCall ({ statuses, category, everywhere }: Extract<TaskRequest, { kind: 'list' }>): Call {
  const [status] = statuses
  return {
    name: 'cortex_get_tasks',
    input: {
      // The tool takes one status; with several in question the reply sorts them out.
      ...(statuses.length === 1 && status !== undefined && { status }),
      ...(category !== null && { category }),
      ...(!everywhere && { conversation: 'current' }),
      limit: 50
    }
  }
}

export function answerTo ({ name, input }: Call, steps: readonly Step[]): Step | null {
  const wanted = JSON.stringify(input)
  return steps.find(({ call }) => call.name === name && JSON.stringify(call.input) === wanted) ?? null
}

/** The tasks a lookup told of, as they stood then: what was done to them since is no reason to judge them again. */
function rowsOf ({ output }: Step, known: readonly KnownTask[]): readonly KnownTask[] {
  const states = new Map((Array.isArray(output?.tasks) ? output.tasks : []).map((row: { task_id?: unknown, status?: KnownTask['status'] }) => [row.task_id, row.status ?? null]))
  return known.filter(({ id }) => states.has(id)).map((task) => ({ ...task, status: states.get(task.id) ?? null }))
}

/** The tool searches for a part of the title, so the longest word without its ending finds most. */
function searchWord (about: string): string {
  const candidates = about.split(/[^\p{L}\p{N}/._-]+/u).filter((word) => !/^(?:the|a|an|my|our|task|tasks|job|of|for|and|one|that|please|with|about|to|in|on)$/.test(word))
  const longest = candidates.reduce((best, word) => word.length > best.length ? word : best, '')
  return (longest.length > 6 ? longest.replace(/(?:ning|ing|ment|s)$/, '') : longest).slice(0, longestWords) || about.slice(0, longestWords)
}
