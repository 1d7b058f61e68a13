import type { Task } from '@cortex/contracts'
import type { TaskRecord } from '../domain/record.ts'

/** What records that were stored by an earlier version do not say. */
const unheardOf = { unknown_refs: [] } as const

/** A record as the two texts that are stored of it. */
export interface RecordTexts { readonly fixed: string, readonly state: string }

/** What never changes of a task is written once: it holds the caller's words, which may be long. */
const fixedKeys = ['id', 'type', 'priority', 'payload', 'ref', 'target', 'parent_id', 'batch_id', 'conversation_id', 'idempotency_key', 'requested_by'] as const
type FixedKey = typeof fixedKeys[number]

export function toRecord ({ fixed, state }: RecordTexts): TaskRecord {
  const { task: mutable, ...rest } = JSON.parse(state) as Omit<TaskRecord, 'task'> & { task: Omit<Task, FixedKey> }
  const { metadata, ...constant } = JSON.parse(fixed) as Pick<Task, FixedKey | 'metadata'>
  return { ...unheardOf, ...rest, task: { ...constant, ...mutable, metadata: { ...metadata, ...mutable.metadata } } }
}

export function fixedPart (task: Task): string {
  return JSON.stringify({ ...pick(task, isFixed), metadata: pick(task.metadata, isFixedMetadata) })
}

export function statePart ({ task, ...rest }: TaskRecord): string {
  const mutable = { ...pick(task, (key) => !isFixed(key)), metadata: pick(task.metadata, (key) => !isFixedMetadata(key)) }
  return JSON.stringify({ ...rest, task: mutable })
}

/** When the clock alone can make it ready. Milliseconds. */
export function dueOf ({ task, ready }: TaskRecord): number | null {
  return task.status === 'waiting' && !ready && task.run_at !== null ? Date.parse(task.run_at) : null
}

/** When it ended, as far as it has. Milliseconds. */
export function endedOf ({ task: { metadata } }: TaskRecord): number | null {
  return metadata.completed_at === undefined ? null : Date.parse(metadata.completed_at)
}

function isFixed (key: string): boolean {
  return (fixedKeys as readonly string[]).includes(key)
}

function isFixedMetadata (key: string): boolean {
  return key === 'created_at' || key === 'source' || key === 'original_input'
}

function pick (from: object, wanted: (key: string) => boolean): object {
  const picked: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(from)) if (wanted(key)) picked[key] = value
  return picked
}
