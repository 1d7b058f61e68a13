import { isTerminal, type Task } from '@cortex/contracts'
import type { TaskRecord } from '../domain/record.ts'

/** A record as the two texts that are stored of it. */
export interface RecordTexts { readonly fixed: string, readonly state: string }

/** What never changes of a task is written once: it holds the caller's words, which may be long. A key without a value is not written. */
const withoutFixed = {
  id: undefined,
  type: undefined,
  priority: undefined,
  payload: undefined,
  ref: undefined,
  target: undefined,
  parent_id: undefined,
  batch_id: undefined,
  conversation_id: undefined,
  idempotency_key: undefined,
  requested_by: undefined
}
const withoutFixedMetadata = { created_at: undefined, source: undefined, original_input: undefined }

/** In place, since both texts are read for this alone: half of what spreading the parts into a new object takes (6 against 16 µs). */
export function toRecord ({ fixed, state }: RecordTexts): TaskRecord {
  const record = JSON.parse(state) as Omit<TaskRecord, 'unknown_refs'> & Partial<Pick<TaskRecord, 'unknown_refs'>>
  const task = JSON.parse(fixed) as Task
  const metadata = Object.assign(task.metadata, record.task.metadata)
  // Records of an earlier version do not say which names were unknown.
  return Object.assign(record, { unknown_refs: record.unknown_refs ?? [], task: Object.assign(task, record.task, { metadata }) })
}

// Key by key, and not by going through them, which takes twice as long (15 against 7 µs, the state 7 against 3).
export function fixedPart (task: Task): string {
  return JSON.stringify({
    id: task.id,
    type: task.type,
    priority: task.priority,
    payload: task.payload,
    ref: task.ref,
    target: task.target,
    parent_id: task.parent_id,
    batch_id: task.batch_id,
    conversation_id: task.conversation_id,
    idempotency_key: task.idempotency_key,
    requested_by: task.requested_by,
    metadata: { created_at: task.metadata.created_at, source: task.metadata.source, original_input: task.metadata.original_input }
  })
}

export function statePart (record: TaskRecord): string {
  const { task } = record
  return JSON.stringify({ ...record, task: { ...task, ...withoutFixed, metadata: { ...task.metadata, ...withoutFixedMetadata } } })
}

/** When the clock alone can make it ready. Milliseconds. */
export function dueOf ({ task, ready, parked }: TaskRecord): number | null {
  return task.status === 'waiting' && !ready && !parked && task.run_at !== null ? Date.parse(task.run_at) : null
}

/** When it ended, or came here ended, as far as it has. Milliseconds. */
export function endedOf ({ task: { status, metadata } }: TaskRecord): number | null {
  return isTerminal(status) ? Date.parse(metadata.updated_at) : null
}
