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
      return { user, records: [asked], reply: reply(asked, 'is running; its worker has been told to stop, and what was done by then is said in its log', []) }
    }
    const ended = revise(record, now, {
      status: 'cancelled',
      waiting_for: null,
      metadata: { ...task.metadata, completed_at: now.toISOString(), cancel_reason: reason }
    }, { ready: false, dispatched: false })
    const taken = propagate(view, [ended], now)
    const cancelled = taken.filter((each) => each.task.status === 'cancelled')
    return { user, records: [ended, ...taken], approvals: supersede(view.approval), reply: reply(ended, 'is cancelled; nothing more is done for it', cancelled) }
  }
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
