import { randomInt } from 'node:crypto'
import { isTerminal, priorityNumbers, type Category, type Priority, type Task } from '@cortex/contracts'
import { rankOf } from './admission.ts'
import { cancelForDependency, lostDependency, settle } from './dependencies.ts'
import { revise, type NamedTask, type TaskRecord } from './record.ts'

/** Attempts a task gets before it is given up, unless a person retries it. */
export const maxAttempts = 3

/** What is asked for, and by whom. */
export interface TaskDraft {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly category: Category
  readonly priority: Priority
  readonly ref: string | null
  readonly depends_on: readonly string[]
  readonly target: string | null
  readonly run_at: string | null
  readonly batch_id: string | null
  readonly conversation_id: string | null
  readonly idempotency_key: string | null
  readonly requested_by: string
  readonly source: string
  readonly assigned_to: string
  /** The task whose changes it takes back. */
  readonly rollback_of?: string
  /** The task it is a part of. */
  readonly parent_id?: string
  /** Of the trace that created it. */
  readonly traceparent?: string | null
  /** What the caller sent, untouched. */
  readonly original_input: unknown
}

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

/** `task-chat-<unix ms>-<9 of 0-9a-z>`; the random part comes from a CSPRNG, so ids cannot be guessed. */
export function createTaskId (now: Date): string {
  return `task-chat-${now.getTime()}-${randomText(9)}`
}

export function randomText (length: number): string {
  let text = ''
  while (text.length < length) text += alphabet[randomInt(alphabet.length)]
  return text
}

/** The name of a priority that came as a number. */
export function priorityOf (number: number): Priority {
  return (Object.keys(priorityNumbers) as Priority[]).find((name) => priorityNumbers[name] >= number) ?? 'low'
}

/** What the store looked up for a draft. */
export interface DraftView {
  /** The batch's refs → task ids, as far as they have come. */
  readonly refs: ReadonlyMap<string, string>
  readonly named: ReadonlyMap<string, NamedTask>
}

/** The record of a new task: `depends_on` resolved as far as the batch has come. */
export function createRecord (draft: TaskDraft, view: DraftView, now: Date): TaskRecord {
  const ids = new Set<string>()
  const missing = new Set<string>()
  for (const name of draft.depends_on) {
    const id = view.refs.get(name) ?? (view.named.has(name) ? name : null)
    if (id === null) missing.add(name)
    else ids.add(id)
  }
  const at = now.toISOString()
  const task: Task = {
    id: draft.id,
    type: draft.parent_id === undefined ? 'user_query' : 'worker_task',
    priority: priorityNumbers[draft.priority],
    status: 'queued',
    payload: { query: draft.description, title: draft.title, category: draft.category },
    metadata: { created_at: at, updated_at: at, source: draft.source, original_input: draft.original_input },
    ref: draft.ref,
    depends_on: [...ids],
    waiting_for: null,
    target: draft.target,
    parent_id: draft.parent_id ?? null,
    ...(draft.rollback_of !== undefined && { rollback_of: draft.rollback_of }),
    batch_id: draft.batch_id,
    conversation_id: draft.conversation_id,
    idempotency_key: draft.idempotency_key,
    requested_by: draft.requested_by,
    assigned_to: draft.assigned_to,
    worker: null,
    attempt: 0,
    max_attempts: maxAttempts,
    attempts: [],
    run_at: draft.run_at,
    progress: null,
    usage: null,
    result: null,
    error: null,
    rev: 0
  }
  const record: TaskRecord = {
    task,
    lease: null,
    dispatched: false,
    ready: false,
    continues: false,
    losses: 0,
    cancel: null,
    cancelled_by: null,
    retried_at: null,
    missing_refs: [...missing],
    unknown_refs: [],
    ...(draft.traceparent && { traceparent: draft.traceparent }),
    rank: rankOf(task.priority, now)
  }
  const lost = lostDependency(record, view.named)
  return lost ? cancelForDependency(record, lost, now) : settle(record, view.named, now)
}

/** A task that waited for the name of another has found it. */
export function linkRef (record: TaskRecord, ref: string, id: string, named: ReadonlyMap<string, NamedTask>, now: Date): TaskRecord {
  const linked: TaskRecord = {
    ...record,
    missing_refs: record.missing_refs.filter((name) => name !== ref),
    task: { ...record.task, depends_on: [...new Set([...record.task.depends_on, id])] }
  }
  // Already cancelled; but if it is retried, it needs this one.
  if (isTerminal(record.task.status)) return revise(linked, now, {})
  const lost = lostDependency(linked, named)
  return lost ? cancelForDependency(linked, lost, now) : settle(linked, named, now)
}

/** A dependency that will never be there ends the task before it began. One that had ended already can no longer be retried. */
export function failBeforeStart (record: TaskRecord, error: { code: string, message: string }, now: Date): TaskRecord {
  const known = { missing_refs: [], unknown_refs: record.missing_refs }
  if (isTerminal(record.task.status)) return revise(record, now, {}, known)
  return revise(record, now, {
    status: 'failed',
    waiting_for: null,
    error,
    metadata: { ...record.task.metadata, completed_at: now.toISOString() }
  }, { ready: false, ...known })
}
