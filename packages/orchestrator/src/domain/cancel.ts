import { isTerminal, type CancelledTask } from '@cortex/contracts'
import { TaskEnded } from '../errors.ts'
import { supersede } from './approvals.ts'
import { propagate } from './dependencies.ts'
import { revise, type Rule, type TaskRecord } from './record.ts'

/** Ends a task that nobody works on at once; a running one is asked to stop and ends when its worker has. */
export function cancelTask (reason: string, user: string): Rule<CancelledTask> {
  return (view, now) => {
    const { record } = view
    const { task } = record
    if (isTerminal(task.status)) throw new TaskEnded(task.id, task.status)
    if (record.lease) {
      const asked = revise(record, now, {}, { cancel: { reason } })
      return { user, records: [asked], reply: reply(asked, 'is running; its worker has been told to stop, and what was done by then is said in its log. A result that arrives first counts', []) }
    }
    const open = record.parked ? view.subTasks.filter((part) => !isTerminal(part.task.status)) : []
    const also = open.map((part) => ({ id: part.task.id, rule: unlessEnded(cancelTask(reason, user)) }))
    if (open.some(({ lease }) => lease !== null)) {
      const asked = revise(record, now, {}, { cancel: { reason } })
      return { user, records: [asked], also, reply: reply(asked, 'has sub-tasks that run; their workers have been told to stop, and it ends when they have. A result that arrives first counts', []) }
    }
    const ended = revise(record, now, {
      status: 'cancelled',
      waiting_for: null,
      metadata: { ...task.metadata, completed_at: now.toISOString(), cancel_reason: reason }
    }, { ready: false, dispatched: false, parked: false })
    const taken = propagate(view, [ended], now)
    const cancelled = taken.filter((each) => each.task.status === 'cancelled')
    return { user, records: [ended, ...taken], also, approvals: supersede(view.approval), reply: reply(ended, 'is cancelled; nothing more is done for it', cancelled) }
  }
}

/** The end of one sub-task may have taken another with it. */
function unlessEnded (rule: Rule<CancelledTask>): Rule<unknown> {
  return (view, now) => isTerminal(view.record.task.status) ? { reply: null } : rule(view, now)
}

function reply ({ task }: TaskRecord, what: string, taken: readonly TaskRecord[]): CancelledTask {
  const also = taken.length > 0 ? `. With it went ${taken.map((each) => `“${each.task.payload.title}”`).join(', ')}, which needed it` : ''
  return {
    task_id: task.id,
    status: task.status,
    message: `“${task.payload.title}” ${what}${also}`,
    dependents: taken.map((each) => ({ task_id: each.task.id, title: each.task.payload.title }))
  }
}
