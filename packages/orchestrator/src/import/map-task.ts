import type { Task, TaskResult } from '@cortex/contracts'
import { TaskResult as ResultSchema } from '@cortex/contracts'
import { createInputValidator } from '@cortex/service'
import { maxAttempts } from '../domain/new-task.ts'
import { routeCategory } from '../domain/routing.ts'
import { imported } from '../domain/task-faults.ts'
import { isObject, OldFields } from './old-fields.ts'
import { cut, isOurId, readCategory, readPriority, readStates, readText, readTime, timeInId, toTaskId, toText, type Mapped, type OldState } from './values.ts'

/** What the record may hold, as for a task that is created: characters. */
const longest = { title: 200, query: 262_144, summary: 2_000, detail: 20_000, error: 4_000, reason: 2_000 } as const

/** One old file as a task of ours, before its dependencies are looked at. */
export interface MappedTask {
  readonly file: string
  readonly oldId: string
  /** The status word of the file, where it has one. */
  readonly word: string | null
  readonly state: OldState
  /** How the levels of the file disagree about it; null when they do not. */
  readonly contradiction: string | null
  /** Ids of the tasks it needs, as the file writes them. */
  readonly needs: readonly string[]
  readonly task: Task
  readonly notes: readonly string[]
}

/** What makes a JSON object a task: settings and package files have descriptions too. */
const marks = ['id', 'task_id', 'status', 'payload', 'title', 'query'] as const

/** Answers null when the object is no task. */
export function mapTask (file: string, value: object, mtime: Date, seen: readonly string[] = []): MappedTask | null {
  const fields = new OldFields(value)
  if (fields.top(...marks) === undefined) return null
  const notes = [...seen]
  const take = <Value>({ value, note }: Mapped<Value>): Value => {
    if (note !== undefined) notes.push(note)
    return value
  }
  const oldId = readText(fields.top('id', 'task_id')) ?? file.replace(/\.json$/i, '')
  const created = readTime(fields.find('created_at', 'created', 'timestamp'))
  const id = toTaskId(oldId, created)
  if (!isOurId(oldId)) notes.push(`id ${JSON.stringify(cut(oldId, 80))} replaced`)
  const { word, state, contradiction } = readStates(fields.each('status', 'state'))
  // Why one that did not end is not started is told with its status.
  if (contradiction !== null && state !== 'live' && state !== 'unknown') notes.push(contradiction)
  const createdAt = created ?? timeInId(oldId) ?? mtime
  if (!created) notes.push(`no usable created_at: ${timeInId(oldId) ? 'the time in the id' : 'the time of the file'}`)
  const category = take(readCategory(fields.find('category')))
  const { title, query } = words(fields, file, notes)
  const task: Task = {
    id,
    type: 'user_query',
    priority: take(readPriority(fields.find('priority'))),
    status: 'queued',
    payload: { query, title, category },
    metadata: {
      created_at: createdAt.toISOString(),
      updated_at: (readTime(fields.find('updated_at')) ?? createdAt).toISOString(),
      source: 'import',
      original_input: value,
      ...startOf(fields)
    },
    ref: null,
    depends_on: [],
    waiting_for: null,
    target: null,
    parent_id: null,
    batch_id: null,
    conversation_id: null,
    idempotency_key: null,
    requested_by: 'import',
    assigned_to: routeCategory(category, [], new Date(0)),
    worker: null,
    attempt: 0,
    max_attempts: maxAttempts,
    attempts: [],
    run_at: null,
    progress: null,
    usage: null,
    result: null,
    error: null,
    rev: 1
  }
  return { file, oldId, word, state, contradiction, needs: needsOf(fields), task: { ...task, ...endOf(fields, task, state, notes) }, notes }
}

function words (fields: OldFields, file: string, notes: string[]): { title: string, query: string } {
  const description = readText(fields.find('query', 'description'))
  const given = readText(fields.find('title', 'name')) ?? description?.split('\n')[0]
  const title = given ?? `Imported from ${file.replaceAll('\0', '')}`
  if (readText(fields.find('title', 'name')) === null) notes.push(description === null ? 'no title and no description' : 'no title: the description')
  else if (description === null) notes.push('no description: the title')
  if (title.length > longest.title) notes.push(`title cut to ${longest.title} characters`)
  if (description !== null && description.length > longest.query) notes.push(`description cut to ${longest.query} characters`)
  return { title: cut(title, longest.title), query: cut(description ?? title, longest.query) }
}

function startOf (fields: OldFields): { started_at?: string } {
  const started = readTime(fields.find('started_at'))
  return started ? { started_at: started.toISOString() } : {}
}

/** What a finished task left behind, as far as it fits. */
function endOf (fields: OldFields, { metadata }: Task, state: OldState, notes: string[]): Partial<Task> {
  if (state === 'live' || state === 'unknown') return {}
  const ended = readTime(fields.find('completed_at', 'finished_at', 'failed_at', 'cancelled_at', 'ended_at'))?.toISOString() ?? metadata.updated_at
  const output = fields.find('result', 'output')
  const fault = fields.find('error', 'error_message')
  const end = { ...metadata, completed_at: ended }
  switch (state) {
    case 'completed': return { status: 'completed', metadata: end, result: resultOf(output, notes) }
    case 'failed': return { status: 'failed', metadata: end, error: imported(cut(describe(fault ?? output) ?? 'It failed before the import, and no reason was kept', longest.error)) }
    case 'cancelled': return { status: 'cancelled', metadata: { ...end, cancel_reason: cut(readText(fields.find('cancel_reason', 'reason')) ?? describe(fault) ?? 'It was cancelled before the import, and no reason was kept', longest.reason) } }
  }
}

const resultFaults = createInputValidator(ResultSchema, '')

/** Nothing counts as completed without evidence. There is none of an old result, and that is what it says. */
function resultOf (output: unknown, notes: string[]): TaskResult {
  if (resultFaults(output).length === 0) return output as TaskResult
  notes.push(output === undefined ? 'no result was kept' : 'its result is kept as it was, not verified')
  const said = describe(output)
  if (said !== null && toText(output).length > longest.detail) notes.push(`result cut to ${longest.detail} characters`)
  return {
    summary: cut(said ?? 'Completed before the import; no result was kept', longest.summary),
    evidence: [{ claim: 'Imported from the first version, not verified by Cortex', detail: cut(output === undefined ? 'No result was kept' : toText(output), longest.detail) }]
  }
}

/** The words in a result or an error: its summary or message, else all of it. */
function describe (value: unknown): string | null {
  if (value === undefined) return null
  const told = isObject(value) ? readText(value.summary) ?? readText(value.message) : readText(value)
  return told ?? readText(toText(value))
}

function needsOf (fields: OldFields): string[] {
  const given = fields.find('depends_on', 'dependencies', 'blocked_by')
  const names = (Array.isArray(given) ? given : [given]).map((each: unknown) => readText(isObject(each) ? each.id ?? each.task_id : each))
  return [...new Set(names.filter((name) => name !== null))]
}
