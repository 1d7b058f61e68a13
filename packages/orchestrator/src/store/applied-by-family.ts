import type { JournalEntry, Task } from '@cortex/contracts'
import { appliedInFamily } from '../domain/rollback.ts'
import type { TaskFilter, TaskStore } from './task-store.ts'

const pageSize = 200

/** All tasks that match, page by page, newest first. */
export async function listAll (store: TaskStore, filter: Omit<TaskFilter, 'limit' | 'cursor'>): Promise<Task[]> {
  const found: Task[] = []
  let cursor: string | undefined
  do {
    const page = await store.list({ ...filter, limit: pageSize, cursor })
    found.push(...page.tasks)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return found
}

/**
 * The change sets a task and its sub-tasks carried out, oldest first.
 * @param most bytes of one journal; a longer one is taken for empty
 */
export async function appliedByFamily (store: TaskStore, id: string, most: number): Promise<JournalEntry[]> {
  const entriesOf = async (taskId: string) => (await store.journal(taskId, most))?.entries ?? []
  const parts = (await listAll(store, { parent_id: id })).sort((a, b) => endOf(a).localeCompare(endOf(b)))
  return appliedInFamily(await entriesOf(id), await Promise.all(parts.map((part) => entriesOf(part.id))))
}

function endOf ({ metadata }: Task): string {
  return metadata.completed_at ?? ''
}
