import type { Approval, Task, TaskEvent, TaskLog } from '@cortex/contracts'
import type { Decision, TaskRecord } from '../../domain/record.ts'
import type { Operation } from './group-commit.ts'
import type { Database } from './database.ts'
import type { Rows } from './rows.ts'

/** What one transaction did, for those who are told after its commit. */
export class Ledger {
  readonly events: TaskEvent[] = []
  readonly logs: TaskLog[] = []
  readonly created = new Map<Operation<Ledger>, Task>()
  readonly #db: Database
  readonly #rows: Rows

  constructor (db: Database, rows: Rows) {
    this.#db = db
    this.#rows = rows
  }

  create (record: TaskRecord, operation: Operation<Ledger>): void {
    this.adopt(record)
    this.created.set(operation, record.task)
  }

  /** A new task whose file nobody waits for. */
  adopt (record: TaskRecord): void {
    this.#rows.insert(record)
    this.#event('task.created', record.task)
  }

  relink (record: TaskRecord): void {
    this.#rows.relink(record)
    this.#event('task.changed', record.task)
  }

  apply (record: TaskRecord, { records = [], approvals = [], log = [], journal = [], clearJournal = false, progressOnly = false }: Decision<unknown>): void {
    for (const changed of records) {
      this.#rows.update(changed)
      this.#event(progressOnly ? 'task.progress' : 'task.changed', changed.task)
    }
    const { task } = records[0] ?? record
    for (const approval of approvals) {
      this.#rows.writeApproval(approval)
      this.#event('approval.changed', task, approval)
    }
    if (clearJournal) this.#rows.clearJournal(task.id)
    this.#rows.writeJournal(task.id, journal)
    if (log.length > 0) this.logs.push(this.#rows.appendLog(task.id, log))
  }

  /** Runs one operation on a page of its own, which counts only if the operation succeeds. */
  attempt<T> (run: (page: Ledger) => T): T {
    const page = new Ledger(this.#db, this.#rows)
    const value = run(page)
    this.events.push(...page.events)
    this.logs.push(...page.logs)
    for (const [operation, task] of page.created) this.created.set(operation, task)
    return value
  }

  #event (type: TaskEvent['type'], task: Task, approval?: Approval): void {
    const at = task.metadata.updated_at
    const seq = this.#db.run('INSERT INTO events (task_id, type, at, approval_id) VALUES (?, ?, ?, ?)', task.id, type, at, approval?.id ?? null)
    this.events.push({ seq, type, task_id: task.id, at, task, ...(approval && { approval }) })
  }
}
