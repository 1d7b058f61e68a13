import type { Approval } from '@cortex/contracts'
import type { NamedTask, TaskRecord, TaskView } from '../domain/record.ts'
import type { Rows } from './rows.ts'

/** What a rule may look at, looked up when it does: most rules have no need of those that need their task, and those may be hundreds. */
export class RowsView implements TaskView {
  readonly record: TaskRecord
  readonly #rows: Rows
  #dependents: readonly TaskRecord[] | null = null
  #subTasks: readonly TaskRecord[] | null = null
  #named: ReadonlyMap<string, NamedTask> | null = null

  constructor (rows: Rows, record: TaskRecord) {
    this.#rows = rows
    this.record = record
  }

  get dependents (): readonly TaskRecord[] {
    return (this.#dependents ??= this.#rows.dependents([this.record.task.id]))
  }

  get named (): ReadonlyMap<string, NamedTask> {
    return (this.#named ??= namesFor(this.#rows, [this.record, ...this.dependents]))
  }

  get lateRefs (): ReadonlyMap<string, { id: string, named: NamedTask }> {
    const { task: { batch_id: batchId }, unknown_refs: unknown } = this.record
    if (batchId === null || unknown.length === 0) return new Map()
    const refs = this.#rows.batchRefs(batchId, unknown)
    const ids = unknown.flatMap((ref) => refs.get(ref) ?? [])
    const named = this.#rows.named(ids)
    return new Map(unknown.flatMap((ref) => {
      const id = refs.get(ref)
      const name = id !== undefined && named.get(id)
      return name ? [[ref, { id, named: name }]] : []
    }))
  }

  get subTasks (): readonly TaskRecord[] {
    return (this.#subTasks ??= this.#rows.lookUpEach(this.record.task.sub_tasks ?? [], (id) => this.#rows.record(id)).filter((record) => record !== null))
  }

  get parent (): TaskRecord | null {
    const { parent_id: id } = this.record.task
    return id === null ? null : this.#rows.record(id)
  }

  get batch (): readonly TaskRecord[] {
    const { batch_id: id } = this.record.task
    return id === null ? [] : this.#rows.batchRecords(id)
  }

  readonly isRolledBack = (id: string): boolean => this.#rows.dependents([id]).some(({ task }) => task.rollback_of === id && task.status === 'completed')

  get approval (): Approval | null {
    return this.#rows.approvalOf(this.record.task.id)
  }
}

/** Names of all that these need. */
export function namesFor (rows: Rows, records: readonly TaskRecord[]): Map<string, NamedTask> {
  return rows.named([...new Set(records.flatMap(({ task }) => task.depends_on))])
}
