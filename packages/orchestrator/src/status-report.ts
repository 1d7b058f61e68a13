import type { Approval, Task, TaskStatusReport } from '@cortex/contracts'

/**
 * A task in the short form a model or a script reads.
 * @param approval its newest, where that was looked for: with its diffs it may be long
 */
export function reportStatus (task: Task, approval?: Approval | null): TaskStatusReport {
  return {
    task_id: task.id,
    status: task.status,
    type: task.type,
    priority: task.priority,
    title: task.payload.title,
    category: task.payload.category,
    created_at: task.metadata.created_at,
    updated_at: task.metadata.updated_at,
    waiting_for: task.waiting_for,
    result: task.result,
    progress: task.progress,
    error: task.error,
    cancel_reason: task.metadata.cancel_reason ?? null,
    ...(approval !== undefined && { approval })
  }
}
