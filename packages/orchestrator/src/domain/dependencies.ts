import { isTerminal } from '@cortex/contracts'
import { revise, type NamedTask, type TaskRecord, type TaskView } from './record.ts'
import { timeHasCome } from './retry.ts'

/** Whether the record may start as far as others and the clock go, and why not, by name. */
export function settle (record: TaskRecord, named: ReadonlyMap<string, NamedTask>, now: Date): TaskRecord {
  const reason = waitingReason(record, named, now)
  return revise(record, now, { status: reason === null ? 'queued' : 'waiting', waiting_for: reason }, { ready: reason === null })
}

function waitingReason (record: TaskRecord, named: ReadonlyMap<string, NamedTask>, now: Date): string | null {
  const unmet = record.task.depends_on.filter((id) => named.get(id)?.status !== 'completed').map((id) => named.get(id)?.title ?? id)
  const names = [...unmet, ...record.missing_refs]
  if (names.length > 0) return listNames(names)
  if (!timeHasCome(record, now)) return `the time it was set for, ${record.task.run_at}`
  return null
}

export function listNames (names: readonly string[]): string {
  if (names.length <= 3) return names.join(names.length === 2 ? ' and ' : ', ')
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
}

/** A dependency that can no longer be met takes the task with it. */
export function lostDependency (record: TaskRecord, named: ReadonlyMap<string, NamedTask>): { id: string, reason: string } | null {
  for (const id of record.task.depends_on) {
    const dependency = named.get(id)
    if (dependency?.status === 'failed' || dependency?.status === 'cancelled') {
      return { id, reason: `Needs “${dependency.title}”, which ${dependency.status === 'failed' ? 'failed' : 'was cancelled'}` }
    }
  }
  return null
}

export function cancelForDependency (record: TaskRecord, lost: { id: string, reason: string }, now: Date): TaskRecord {
  return revise(record, now, {
    status: 'cancelled',
    waiting_for: null,
    metadata: { ...record.task.metadata, completed_at: now.toISOString(), cancel_reason: lost.reason }
  }, { ready: false, cancelled_by: lost.id })
}

/** After `record` reached a terminal status: those that waited for it may start, or end with it. */
export function propagate (view: TaskView, record: TaskRecord, now: Date): TaskRecord[] {
  const named = new Map(view.named).set(record.task.id, nameOf(record))
  const changed: TaskRecord[] = []
  for (const dependent of view.dependents) {
    if (dependent.task.status !== 'waiting') continue
    const lost = lostDependency(dependent, named)
    const next = lost ? cancelForDependency(dependent, lost, now) : settle(dependent, named, now)
    if (next.task.status === dependent.task.status && next.task.waiting_for === dependent.task.waiting_for) continue
    named.set(next.task.id, nameOf(next))
    changed.push(next)
  }
  return changed
}

/** After a retry of `record`: those that were cancelled because of it wait for it again. */
export function revive (view: TaskView, record: TaskRecord, now: Date): TaskRecord[] {
  const named = new Map(view.named).set(record.task.id, nameOf(record))
  const revived = new Set([record.task.id])
  const changed: TaskRecord[] = []
  for (const dependent of view.dependents) {
    if (dependent.task.status !== 'cancelled' || dependent.cancelled_by === null || !revived.has(dependent.cancelled_by)) continue
    if (lostDependency(dependent, named)) continue
    const { completed_at: _, cancel_reason: __, ...metadata } = dependent.task.metadata
    const next = settle({ ...dependent, cancelled_by: null, task: { ...dependent.task, metadata } }, named, now)
    named.set(next.task.id, nameOf(next))
    revived.add(next.task.id)
    changed.push(next)
  }
  return changed
}

export function nameOf (record: Pick<TaskRecord, 'task'>): NamedTask {
  return { title: record.task.payload.title, status: record.task.status }
}

export interface BatchFault {
  readonly task_id: string
  readonly code: string
  readonly message: string
}

/** What is wrong in a batch once no further call can come: names nobody carries, and circles. */
export function findBatchFaults (records: readonly TaskRecord[]): BatchFault[] {
  const faults: BatchFault[] = []
  const open = new Map(records.filter(({ task }) => !isTerminal(task.status)).map((record) => [record.task.id, record]))
  const refs = records.flatMap(({ task }) => task.ref ?? [])
  for (const { task, missing_refs: missing } of open.values()) {
    if (missing.length === 0) continue
    faults.push({ task_id: task.id, code: 'CTX_DEPENDENCY_UNKNOWN', message: `depends_on names ${missing.join(', ')}, which no task of this batch has as its ref; its refs are ${refs.join(', ') || 'none'}` })
  }
  for (const circle of findCircles(open)) {
    const names = circle.map((id) => open.get(id)?.task.ref ?? id)
    for (const id of circle) faults.push({ task_id: id, code: 'CTX_DEPENDENCY_CYCLE', message: `depends_on goes round in a circle: ${[...names, names[0]].join(' → ')}` })
  }
  return faults
}

function findCircles (open: ReadonlyMap<string, TaskRecord>): string[][] {
  const circles: string[][] = []
  const done = new Set<string>()
  for (const start of open.keys()) {
    // An explicit stack: a chain may be as long as a batch.
    const path: string[] = []
    const stack: Array<{ id: string, enter: boolean }> = [{ id: start, enter: true }]
    for (let step = stack.pop(); step; step = stack.pop()) {
      if (!step.enter) {
        done.add(path.pop() ?? '')
        continue
      }
      const at = path.indexOf(step.id)
      if (at >= 0) {
        circles.push(path.slice(at))
        continue
      }
      if (done.has(step.id) || !open.has(step.id)) continue
      path.push(step.id)
      stack.push({ id: step.id, enter: false })
      for (const next of open.get(step.id)?.task.depends_on ?? []) stack.push({ id: next, enter: true })
    }
  }
  return circles
}
