import { isTerminal, Task } from '@cortex/contracts'
import { createInputValidator } from '@cortex/service'
import { rankOf } from '../domain/admission.ts'
import { findBatchFaults } from '../domain/batch-faults.ts'
import { cancelForDependency, listNames, lostDependency, nameOf, settle } from '../domain/dependencies.ts'
import { failBeforeStart } from '../domain/new-task.ts'
import { revise, type NamedTask, type TaskRecord } from '../domain/record.ts'
import type { MappedTask } from './map-task.ts'
import { cut, isOurId } from './values.ts'

export interface PlannedTask {
  readonly file: string
  readonly oldId: string
  readonly unfinished: boolean
  /** What is stored, or why nothing is. */
  readonly record: TaskRecord | null
  readonly refused: string | null
  readonly notes: readonly string[]
}

interface Draft extends MappedTask {
  readonly record: TaskRecord
  readonly missing: readonly string[]
}

export interface ImportRules {
  /** Work that was not finished starts as soon as it may, instead of lying there cancelled until it is retried. */
  readonly run: boolean
  readonly now: Date
}

const faultsOf = createInputValidator(Task, 'task')

/**
 * The records to store, each after those it needs. `known` are tasks the store has already; they keep the state they have there.
 */
export function planImport (mapped: readonly MappedTask[], known: ReadonlyMap<string, NamedTask>, rules: ImportRules): PlannedTask[] {
  const { taken, doubles } = withoutDoubles(mapped)
  const drafts = inOrder(toDrafts(taken, known, rules.now))
  const fresh = drafts.filter(({ record }) => !known.has(record.task.id))
  const circles = new Map(findBatchFaults(fresh.filter(({ state }) => state === 'live').map(({ record }) => record), []).map((fault) => [fault.task_id, fault]))
  const named = new Map(known)
  const refused = new Set<string>()
  const planned = drafts.map((draft): PlannedTask => {
    const { record } = draft
    if (known.has(record.task.id)) return { ...sourceOf(draft), record, refused: null, notes: [] }
    const circle = circles.get(record.task.id)
    const settled = circle ? failBeforeStart(record, { code: circle.code, message: cut(circle.message, 4_000) }, rules.now) : settleDraft(draft, named, rules)
    const reason = refusalOf(settled, refused)
    if (reason !== null) {
      refused.add(record.task.id)
      return { ...sourceOf(draft), record: null, refused: reason, notes: [] }
    }
    named.set(record.task.id, nameOf(settled))
    return { ...sourceOf(draft), record: settled, refused: null, notes: [statusNote(draft, settled), ...draft.notes, ...missingNote(draft)].filter((note) => note !== null) }
  })
  return [...planned, ...doubles]
}

function sourceOf ({ file, oldId, state }: MappedTask): Pick<PlannedTask, 'file' | 'oldId' | 'unfinished'> {
  return { file, oldId, unfinished: state === 'live' || state === 'unknown' }
}

/** Of files with the same id the one that is named for it counts, else the first by name. */
function withoutDoubles (mapped: readonly MappedTask[]): { taken: MappedTask[], doubles: PlannedTask[] } {
  const isNamesake = ({ file, oldId }: MappedTask) => file.replace(/\.json$/i, '') === oldId
  const byId = new Map<string, MappedTask>()
  const doubles: PlannedTask[] = []
  for (const each of mapped.toSorted((a, b) => Number(isNamesake(b)) - Number(isNamesake(a)))) {
    const first = byId.get(each.task.id)
    if (!first) byId.set(each.task.id, each)
    else doubles.push({ ...sourceOf(each), record: null, refused: `has the same id as ${first.file}, which is taken`, notes: [] })
  }
  return { taken: [...byId.values()], doubles }
}

function toDrafts (taken: readonly MappedTask[], known: ReadonlyMap<string, NamedTask>, now: Date): Draft[] {
  const ids = new Map(taken.map(({ oldId, task }) => [oldId, task.id]))
  const byAge = taken.toSorted((a, b) => a.task.metadata.created_at < b.task.metadata.created_at ? -1 : 1)
  return byAge.map((mapped, place) => {
    const found = mapped.needs.map((name) => ids.get(name) ?? (isOurId(name) && known.has(name) ? name : null))
    const task = { ...mapped.task, depends_on: [...new Set(found.filter((id) => id !== null))] }
    return { ...mapped, missing: mapped.needs.filter((_, index) => found[index] === null), record: toRecord(task, place, now) }
  })
}

/** Ranked as if created now, in its old order: what lay in a folder for a year does not go ahead of today's work. */
function toRecord (task: Task, place: number, now: Date): TaskRecord {
  return {
    task,
    lease: null,
    dispatched: false,
    ready: false,
    continues: false,
    losses: 0,
    cancel: null,
    cancelled_by: null,
    retried_at: null,
    missing_refs: [],
    unknown_refs: [],
    rank: rankOf(task.priority, new Date(now.getTime() + place))
  }
}

/** Each after those it needs. Those of a circle come in any order: none of them starts. */
function inOrder (drafts: readonly Draft[]): Draft[] {
  const open = new Map(drafts.map((draft) => [draft.record.task.id, draft]))
  const ordered: Draft[] = []
  for (const { record: { task: { id } } } of drafts) {
    const stack: Array<{ id: string, enter: boolean, draft?: Draft }> = [{ id, enter: true }]
    for (let step = stack.pop(); step; step = stack.pop()) {
      if (step.draft) ordered.push(step.draft)
      const draft = step.enter ? open.get(step.id) : undefined
      if (!draft) continue
      open.delete(step.id)
      stack.push({ id: step.id, enter: false, draft }, ...draft.record.task.depends_on.toReversed().map((needed) => ({ id: needed, enter: true })))
    }
  }
  return ordered
}

function settleDraft ({ record, state, word, contradiction, missing }: Draft, named: ReadonlyMap<string, NamedTask>, { run, now }: ImportRules): TaskRecord {
  if (isTerminal(record.task.status)) return record
  if (state === 'unknown') return cancelUnstarted(record, `imported with the status ${word}, which is not known here; retry to run it`, now)
  if (contradiction !== null) return cancelUnstarted(record, `imported with the ${contradiction}; retry to run it`, now)
  if (!run) return cancelUnstarted(record, 'imported; retry to run it', now)
  if (missing.length > 0) return cancelUnstarted(record, `imported without what it needs, ${cut(listNames(missing), 120)}; retry to run it`, now)
  const lost = lostDependency(record, named)
  return lost ? cancelForDependency(record, lost, now) : settle(record, named, now)
}

function cancelUnstarted (record: TaskRecord, reason: string, now: Date): TaskRecord {
  return revise(record, now, { status: 'cancelled', metadata: { ...record.task.metadata, completed_at: now.toISOString(), cancel_reason: reason } })
}

function refusalOf ({ task }: TaskRecord, refused: ReadonlySet<string>): string | null {
  const needed = task.depends_on.find((id) => refused.has(id))
  if (needed !== undefined) return `needs ${needed}, which is refused`
  const faults = faultsOf(task)
  return faults.length === 0 ? null : `would be no valid task: ${faults.map(({ field, message }) => `${field} ${message}`).join('; ')}`
}

function statusNote ({ word }: Draft, { task }: TaskRecord): string | null {
  if (word === task.status) return null
  const why = task.status === 'cancelled' ? `: ${task.metadata.cancel_reason}` : task.status === 'failed' && task.error && word !== 'failed' ? `: ${task.error.message}` : task.waiting_for === null ? '' : ` for ${task.waiting_for}`
  return `${word === null ? 'no status' : `status ${word}`} → ${task.status}${why}`
}

function missingNote ({ missing }: Draft): string[] {
  return missing.length === 0 ? [] : [`needs ${cut(listNames(missing), 120)}, of which there is no usable file`]
}
