import type { RetriedTask } from '@cortex/contracts'
import { DependencyHopeless, DependencyLost, TaskNotEnded } from '../errors.ts'
import { hopeless, lostDependency, revive, settle } from './dependencies.ts'
import type { Rule, TaskRecord } from './record.ts'

/**
 * A new attempt on a failed or cancelled task. Tasks that were cancelled because of it wait for it again. What cannot start stays as it is.
 * @param trace of the request that asks for it, as W3C `traceparent`
 */
export function retryTask (user: string, trace: string | null): Rule<RetriedTask> {
  return (view, now) => {
    const { record } = view
    const { task } = record
    if (task.status !== 'failed' && task.status !== 'cancelled') throw new TaskNotEnded(task.id, task.status)
    const never = hopeless(view)
    if (never !== null) throw new DependencyHopeless(task.payload.title, never)
    const lost = lostDependency(record, view.named)
    if (lost) throw new DependencyLost(task.payload.title, lost.title, lost.fate)
    const { completed_at: _, cancel_reason: __, ...metadata } = task.metadata
    const fresh: TaskRecord = {
      ...record,
      cancel: null,
      cancelled_by: null,
      continues: false,
      losses: 0,
      retried_at: now.toISOString(),
      usage_before: task.usage,
      resumed_by: trace,
      task: {
        ...task,
        metadata,
        error: null,
        result: null,
        progress: null,
        worker: null,
        // That of a task which never began is its caller's; any other was a wait for another try.
        run_at: task.attempt === 0 ? task.run_at : null,
        // A person may always try once more than the engine would.
        max_attempts: Math.max(task.max_attempts, task.attempt + 1)
      }
    }
    const next = settle(fresh, view.named, now)
    const others = revive(view, next, now)
    const revived = others.filter((each) => each.task.status !== 'cancelled')
    return {
      user,
      records: [next, ...others],
      clearJournal: true,
      reply: {
        task_id: task.id,
        status: next.task.status,
        attempt: task.attempt + 1,
        message: `“${task.payload.title}” starts anew, attempt ${task.attempt + 1}${next.task.waiting_for === null ? '' : `, and waits for ${next.task.waiting_for}`}`,
        task: next.task,
        revived: revived.map((each) => ({ task_id: each.task.id, title: each.task.payload.title }))
      }
    }
  }
}
