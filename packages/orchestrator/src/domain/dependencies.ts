import { isTerminal } from '@cortex/contracts'
import { alsoAsk } from './askers.ts'
import { revise, type NamedTask, type TaskRecord, type TaskView } from './record.ts'
import { timeHasCome } from './retry.ts'

/** Whether the record may start as far as others and the clock go, and why not, by name. */
export function settle (record: TaskRecord, named: ReadonlyMap<string, NamedTask>, now: Date): TaskRecord {
  const reason = waitingReason(record, named, now)
  return revise(record, now, { status: reason === null ? 'queued' : 'waiting', waiting_for: reason }, { ready: reason === null })
}

function waitingReason (record: TaskRecord, named: ReadonlyMap<string, NamedTask>, now: Date): string | null {
  const unmet = record.task.depends_on.filter((id) => !isMet(record, id, named)).map((id) => named.get(id)?.title ?? id)
  const names = [...unmet, ...record.missing_refs]
  if (names.length > 0) return listNames(names)
  if (record.parked) return record.task.waiting_for
  if (!timeHasCome(record, now)) return `the time it was set for, ${record.task.run_at}`
  return null
}

/** A rollback needs the task it takes back to have ended, in whatever way. */
function isMet ({ task: { rollback_of: original } }: TaskRecord, id: string, named: ReadonlyMap<string, NamedTask>): boolean {
  const status = named.get(id)?.status
  return status === 'completed' || (id === original && status !== undefined && isTerminal(status))
}

export function listNames (names: readonly string[]): string {
  if (names.length <= 3) return names.join(names.length === 2 ? ' and ' : ', ')
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
}

export interface LostDependency {
  readonly id: string
  readonly title: string
  /** What became of it, in words. */
  readonly fate: string
  readonly archived: boolean
}

/** A dependency that can no longer be met takes the task with it. */
export function lostDependency (record: TaskRecord, named: ReadonlyMap<string, NamedTask>): LostDependency | null {
  for (const id of record.task.depends_on) {
    if (isMet(record, id, named)) continue
    const dependency = named.get(id)
    if (dependency?.status === 'failed') return { id, title: dependency.title, fate: 'failed', archived: dependency.archived === true }
    if (dependency?.status === 'cancelled') return { id, title: dependency.title, fate: 'was cancelled', archived: dependency.archived === true }
  }
  return null
}

export function cancelForDependency (record: TaskRecord, lost: LostDependency, now: Date): TaskRecord {
  return revise(record, now, {
    status: 'cancelled',
    waiting_for: null,
    metadata: { ...record.task.metadata, completed_at: now.toISOString(), cancel_reason: reasonOf(lost) }
  }, { ready: false, cancelled_by: lost.id })
}

function reasonOf ({ title, fate }: LostDependency): string {
  return `Needs “${title}”, which ${fate}`
}

/** Why a retry cannot start the task, and what would, in words. */
export function hopeless ({ record, dependents, named }: TaskView): string | null {
  const { task: { id, depends_on: needs }, unknown_refs: unknown } = record
  if (unknown.length > 0) return `${unknownNames(unknown)}. Create one that has it, in the same batch, and retry, or create this one anew`
  const forgotten = needs.filter((each) => !named.has(each))
  if (forgotten.length > 0) return `it needs ${listNames(forgotten)}, which ended so long ago that nothing is known of it. Create it anew`
  const round = new Set([id, ...dependents.map(({ task }) => task.id)])
  return needs.some((each) => round.has(each)) ? 'its depends_on goes round in a circle. Create it anew' : null
}

function unknownNames (names: readonly string[]): string {
  return `its depends_on names ${listNames(names)}, which no task of its batch has as its ref`
}

/** After tasks reached a terminal status: those that waited for them may start, or end with them. */
export function propagate (view: Pick<TaskView, 'dependents' | 'named'>, ended: readonly TaskRecord[], now: Date): TaskRecord[] {
  const named = new Map(view.named)
  for (const record of ended) named.set(record.task.id, nameOf(record))
  const left = new Map(view.dependents.filter(({ task }) => task.status === 'waiting').map((each) => [each.task.id, each]))
  const cancelled: TaskRecord[] = []
  // Where dependencies go round in a circle, nobody is nearer than another: again, until nobody else is lost.
  for (let before = -1; before < cancelled.length;) {
    before = cancelled.length
    for (const each of left.values()) {
      const lost = lostDependency(each, named)
      if (!lost) continue
      const next = cancelForDependency(each, lost, now)
      named.set(next.task.id, nameOf(next))
      cancelled.push(next)
      left.delete(next.task.id)
    }
  }
  const settled = [...left.values()].flatMap((each) => {
    const next = settle(each, named, now)
    return next.task.status === each.task.status && next.task.waiting_for === each.task.waiting_for ? [] : next
  })
  return [...cancelled, ...settled]
}

/**
 * After a retry of `record` by `user`: those that were cancelled because of it wait for it again. One that needs something else which is lost as
 * well stays cancelled because of that, so that a retry of that one finds it.
 */
export function revive (view: TaskView, record: TaskRecord, user: string, now: Date): TaskRecord[] {
  const named = new Map(view.named).set(record.task.id, nameOf(record))
  const back = new Map<string, TaskRecord>([[record.task.id, record]])
  const left = new Map(view.dependents.filter(({ task }) => task.status === 'cancelled').map((each) => [each.task.id, each]))
  const wentWithThose = ({ cancelled_by: id }: TaskRecord) => id !== null && back.has(id)
  // The nearest come first, but one may also need another that is further away: again, until nobody else comes back.
  for (let before = 0; before < back.size;) {
    before = back.size
    for (const each of left.values()) {
      if (!wentWithThose(each) || each.unknown_refs.length > 0 || lostDependency(each, named)) continue
      const { completed_at: _, cancel_reason: __, ...metadata } = each.task.metadata
      const next = settle({ ...each, ...alsoAsk(each, user), cancelled_by: null, task: { ...each.task, metadata } }, named, now)
      named.set(next.task.id, nameOf(next))
      back.set(next.task.id, next)
      left.delete(next.task.id)
    }
  }
  const kept = [...left.values()].filter(wentWithThose).flatMap((each) => {
    const lost = lostDependency(each, named)
    if (lost) return revise(each, now, { metadata: { ...each.task.metadata, cancel_reason: reasonOf(lost) } }, { cancelled_by: lost.id })
    return revise(each, now, { metadata: { ...each.task.metadata, cancel_reason: `Can never start: ${unknownNames(each.unknown_refs)}` } }, { cancelled_by: null })
  })
  return [...[...back.values()].slice(1), ...kept]
}

export function nameOf (record: Pick<TaskRecord, 'task'>): NamedTask {
  return { title: record.task.payload.title, status: record.task.status }
}
