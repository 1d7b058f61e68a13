import { appliedKey, isTerminal, splitKey, type JournalEntry, type Task } from '@cortex/contracts'
import { RollbackExists, RollbackTooEarly } from '../errors.ts'
import { priorityOf, type TaskDraft } from './new-task.ts'
import type { TaskRecord } from './record.ts'

const longestTitle = 200

/** The change sets a task carried out, oldest first. One that was taken back at once stands there empty. */
export function appliedIn (journal: readonly JournalEntry[]): JournalEntry[] {
  return journal.filter(({ key, value }) => key.startsWith(appliedKey) && !(Array.isArray(value) && value.length === 0))
}

/**
 * The change sets of a task and of its sub-tasks, oldest first: what came before its last split, what its sub-tasks did, what came after.
 * @param parts the journals of its sub-tasks, by when they ended
 */
export function appliedInFamily (journal: readonly JournalEntry[], parts: ReadonlyArray<readonly JournalEntry[]>): JournalEntry[] {
  const split = journal.findIndex(({ key }) => key === splitKey)
  const before = split === -1 ? 0 : split
  return appliedIn([...journal.slice(0, before), ...parts.flat(), ...journal.slice(before)])
}

/**
 * Whether a task may be rolled back now: once, unless that came to nothing.
 * @param dependents all that need the task, among them its rollbacks
 * @throws CTX_ROLLBACK_TOO_EARLY, CTX_ROLLBACK_EXISTS
 */
export function checkRollback ({ task }: TaskRecord, dependents: readonly TaskRecord[]): void {
  if (!isTerminal(task.status)) throw new RollbackTooEarly(task.payload.title, task.status)
  const other = standingRollback(task, dependents)
  if (other) throw new RollbackExists(task.payload.title, other.id, other.status)
}

/** The rollback of a task that is under way or has completed. */
export function standingRollback ({ id }: Task, dependents: readonly TaskRecord[]): Task | undefined {
  return dependents.map(({ task }) => task).find(({ rollback_of: of, status }) => of === id && (status === 'completed' || !isTerminal(status)))
}

/**
 * The task that rolls another back: for the same master, on the same target, and in need of the other, so that it is kept at least as long.
 * @param after a rollback that comes first
 * @param trace of the request that asks for it, as W3C `traceparent`
 */
export function rollbackDraft (task: Task, { id, user, source, after, trace }: { id: string, user: string, source: string, after: string | null, trace: string | null }): TaskDraft {
  const { payload: { title, category }, target, conversation_id: conversationId, assigned_to: assignedTo } = task
  return {
    id,
    title: titleOf(title),
    description: `Take back what “${title}” (${task.id}) changed, as far as it is still there.`,
    category,
    priority: priorityOf(task.priority),
    ref: null,
    depends_on: after === null ? [task.id] : [task.id, after],
    target,
    run_at: null,
    batch_id: null,
    conversation_id: conversationId,
    idempotency_key: null,
    requested_by: user,
    source,
    assigned_to: assignedTo,
    original_input: { rollback_of: task.id },
    rollback_of: task.id,
    traceparent: trace
  }
}

function titleOf (title: string): string {
  const whole = `Roll back “${title}”`
  return whole.length <= longestTitle ? whole : `${whole.slice(0, longestTitle - 2)}…”`
}
