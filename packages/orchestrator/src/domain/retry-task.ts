import type { RetriedTask } from '@cortex/contracts'
import { DependencyHopeless, DependencyLost, SubTaskSettled, TaskNotEnded, TaskRolledBack } from '../errors.ts'
import { alsoAsk } from './askers.ts'
import { claimsKept } from './claims.ts'
import { hopeless, lostDependency, revive, settle } from './dependencies.ts'
import { standingRollback } from './rollback.ts'
import type { Rule, TaskRecord, TaskView } from './record.ts'

/**
 * A new attempt on a failed or cancelled task, which may be split anew. A sub-task has one while the whole still waits for it. Tasks that were cancelled
 * because of it wait for it again. What cannot start stays as it is.
 * @param trace of the request that asks for it, as W3C `traceparent`
 */
export function retryTask (user: string, trace: string | null): Rule<Omit<RetriedTask, 'task'>> {
  return (given, now) => {
    const view = withLateRefs(given)
    const { record } = view
    const { task } = record
    if (task.status !== 'failed' && task.status !== 'cancelled') throw new TaskNotEnded(task.id, task.status)
    if (task.parent_id !== null && (!view.parent?.parked || view.parent.cancel)) throw new SubTaskSettled(task.payload.title, view.parent?.task.payload.title ?? task.parent_id)
    const back = standingRollback(task, view.dependents)
    if (back) throw new TaskRolledBack(task.payload.title, back.id, back.status)
    const never = hopeless(view)
    if (never !== null) throw new DependencyHopeless(task.payload.title, never)
    const lost = lostDependency(record, view.named)
    if (lost?.archived) throw new DependencyHopeless(task.payload.title, `it needs “${lost.title}”, which ${lost.fate} and is in the archive. Create both anew`)
    if (lost) throw new DependencyLost(task.payload.title, lost.title, lost.fate)
    const { completed_at: _, cancel_reason: __, ...metadata } = task.metadata
    const { sub_tasks: ___, ...whole } = task
    const fresh: TaskRecord = {
      ...record,
      cancel: null,
      cancelled_by: null,
      continues: false,
      losses: 0,
      returns: 0,
      releases: 0,
      retried_at: now.toISOString(),
      usage_before: task.usage,
      resumed_by: trace,
      also_asked: [],
      ...alsoAsk({ ...record, also_asked: [] }, user),
      ...claimsKept(record),
      task: {
        ...whole,
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
    const others = revive(view, next, user, now)
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
        revived: revived.map((each) => ({ task_id: each.task.id, title: each.task.payload.title }))
      }
    }
  }
}

/** The task as it is with what came to be under a name it needed after its batch was closed. Nothing is linked that would make a circle. */
function withLateRefs (view: TaskView): TaskView {
  const dependents = new Set(view.dependents.map(({ task }) => task.id))
  const found = [...view.lateRefs].filter(([, { id }]) => id !== view.record.task.id && !dependents.has(id))
  if (found.length === 0) return view
  const { record, named } = view
  const refs = new Set(found.map(([ref]) => ref))
  return {
    record: {
      ...record,
      unknown_refs: record.unknown_refs.filter((ref) => !refs.has(ref)),
      task: { ...record.task, depends_on: [...new Set([...record.task.depends_on, ...found.map(([, { id }]) => id)])] }
    },
    named: new Map([...named, ...found.map(([, { id, named: name }]) => [id, name] as const)]),
    dependents: view.dependents,
    lateRefs: new Map(),
    subTasks: view.subTasks,
    parent: view.parent,
    batch: [],
    isRolledBack: view.isRolledBack,
    approval: view.approval
  }
}
