import { faultsOfSubTasks, isTerminal, type Category, type Progress, type SubTask, type SubTaskOutcome, type Task } from '@cortex/contracts'
import { InputError } from '@cortex/service'
import { SplitRefused } from '../errors.ts'
import { listNames, propagate } from './dependencies.ts'
import { createRecord, priorityOf } from './new-task.ts'
import { revise, type NamedTask, type Rule, type TaskRecord } from './record.ts'

/** What a rule cannot make up itself: it may be run again. */
export interface SplitMeans {
  /** The master that takes a category. */
  readonly route: (category: Category) => string
  /** An id for each sub-task. */
  readonly ids: readonly string[]
}

/**
 * Whether the worker of this task may split it.
 * @throws CTX_SPLIT_REFUSED, CTX_INPUT_INVALID
 */
export function checkSplit ({ task }: TaskRecord, subTasks: readonly SubTask[]): void {
  const why = task.parent_id !== null
    ? 'it is a sub-task itself'
    : task.rollback_of !== undefined ? 'it rolls another back' : task.sub_tasks ? 'it was split already' : null
  if (why !== null) throw new SplitRefused(task.payload.title, why)
  const faults = faultsOfSubTasks(subTasks)
  if (faults.length > 0) throw new InputError(faults)
}

/** The sub-tasks as records. They have everything but their words from the whole: who asked, where it belongs, how urgent it is, its place in the queue, its target. */
export function createSubTasks ({ task, rank }: TaskRecord, subTasks: readonly SubTask[], { route, ids }: SplitMeans, now: Date): TaskRecord[] {
  const refs = new Map(subTasks.flatMap(({ ref }, index) => ref === undefined ? [] : [[ref, ids[index] ?? '']]))
  const named = new Map(subTasks.map(({ title }, index): [string, NamedTask] => [ids[index] ?? '', { title, status: 'queued' }]))
  return subTasks.map((subTask, index) => {
    const { title, description, depends_on: needs = [], category = task.payload.category } = subTask
    const record = createRecord({
      id: ids[index] ?? '',
      title,
      description,
      category,
      priority: priorityOf(task.priority),
      // Names of a batch are its callers'; those of a split are resolved here.
      ref: null,
      depends_on: needs,
      target: task.target,
      run_at: null,
      batch_id: task.batch_id,
      conversation_id: task.conversation_id,
      idempotency_key: null,
      requested_by: task.requested_by,
      source: 'worker',
      assigned_to: category === task.payload.category ? task.assigned_to : route(category),
      parent_id: task.id,
      original_input: subTask
    }, { refs, named }, now)
    return { ...record, rank }
  })
}

/** What a parked task says of itself while its sub-tasks go on. */
export function standOf (subTasks: readonly TaskRecord[], before: Progress | null): Pick<Task, 'waiting_for' | 'progress'> {
  const open = subTasks.map(({ task }) => task).filter(({ status }) => !isTerminal(status))
  const asking = open.filter(({ status }) => status === 'awaiting_approval').map(nameOf)
  return {
    // What a person can do about it comes first, for a card shows the beginning.
    waiting_for: `${asking.length > 0 ? `your approval of ${listNames(asking)}; ` : ''}${open.length} sub-task${open.length === 1 ? '' : 's'}: ${listNames(open.map(nameOf))}`,
    progress: {
      percent: before?.percent ?? 0,
      step: `${subTasks.length - open.length} of ${subTasks.length} sub-tasks ended`,
      steps: subTasks.map(({ task }) => ({ name: nameOf(task), status: stepOf[task.status] }))
    }
  }
}

const stepOf = {
  queued: 'pending', waiting: 'pending', in_progress: 'running', awaiting_approval: 'running', completed: 'done', failed: 'failed', cancelled: 'skipped'
} as const

function nameOf ({ payload: { title } }: Task): string {
  return title
}

/** A sub-task came to another status. The whole says so, and goes on in the same attempt when the last has ended, or ends if a person cancelled it meanwhile. */
export function followSubTasks (): Rule<null> {
  return (view, now) => {
    const { record, subTasks } = view
    if (!record.parked) return { reply: null }
    if (subTasks.some(({ task }) => !isTerminal(task.status))) {
      const stand = standOf(subTasks, record.task.progress)
      const same = stand.waiting_for === record.task.waiting_for && JSON.stringify(stand.progress) === JSON.stringify(record.task.progress)
      return same ? { reply: null } : { reply: null, records: [revise(record, now, stand)] }
    }
    const { progress } = standOf(subTasks, record.task.progress)
    if (!record.cancel) return { reply: null, records: [revise(record, now, { status: 'queued', waiting_for: null, progress }, { parked: false, ready: true, continues: true })] }
    const ended = revise(record, now, {
      status: 'cancelled', waiting_for: null, progress, metadata: { ...record.task.metadata, completed_at: now.toISOString(), cancel_reason: record.cancel.reason }
    }, { parked: false, cancel: null })
    return { reply: null, records: [ended, ...propagate(view, [ended], now)] }
  }
}

/** What the worker that goes on with the whole is told. */
export function outcomeOf ({ id, payload: { title }, status, result, error, metadata }: Task): SubTaskOutcome {
  return { task_id: id, title, status, result, error, cancel_reason: metadata.cancel_reason ?? null }
}

/** Tasks whose sub-tasks came to another status by this decision. */
export function parentsToTell (records: readonly TaskRecord[], before: readonly TaskRecord[]): string[] {
  const parts = records.filter(({ task }) => task.parent_id !== null)
  return [...new Set(parts.flatMap(({ task: { id, parent_id: parent, status } }) => before.some(({ task }) => task.id === id && task.status !== status) ? parent ?? [] : []))]
}
