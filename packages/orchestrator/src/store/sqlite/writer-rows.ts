import type { TaskRecord } from '../../domain/record.ts'
import type { ArchivedTask, IdempotencyKey } from '../task-store.ts'
import { SqliteRows } from './sqlite-rows.ts'

/** Records kept, and characters of the words of one that is: some 10 MB in all at the most likely. */
const mostKept = 2_000
const longestKept = 8_192

/**
 * The rows of the only connection that writes. It keeps the records it saw last: a task is written when it is created, admitted, leased and
 * ended, and reading it back each time was an eighth of the way from lease to end.
 */
export class WriterRows extends SqliteRows {
  readonly #kept = new Map<string, TaskRecord>()

  override record (id: string): TaskRecord | null {
    const kept = this.#kept.get(id)
    if (kept) return kept
    const record = super.record(id)
    if (record) this.#keep(record)
    return record
  }

  override insert (record: TaskRecord): void {
    super.insert(record)
    this.#keep(record)
  }

  override update (record: TaskRecord): void {
    super.update(record)
    this.#keep(record)
  }

  override archive (day: string, tasks: readonly ArchivedTask[], keys: readonly IdempotencyKey[]): void {
    super.archive(day, tasks, keys)
    for (const { task } of tasks) this.#kept.delete(task.id)
  }

  /** Something was rolled back: what was kept may never have come to be. */
  forget (): void {
    this.#kept.clear()
  }

  #keep (record: TaskRecord): void {
    const { id, payload } = record.task
    // The one that was used longest ago is first to go.
    this.#kept.delete(id)
    if (payload.query.length > longestKept) return
    this.#kept.set(id, record)
    if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value ?? '')
  }
}
