import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { isTerminal, type Approval, type JournalEntry, type Task, type TaskEvent, type TaskLog, type TaskStatus } from '@cortex/contracts'
import type { Candidate } from '../../domain/admission.ts'
import { findBatchFaults, listNames, propagate, settle, type BatchFault } from '../../domain/dependencies.ts'
import { createRecord, failBeforeStart, linkRef, type TaskDraft } from '../../domain/new-task.ts'
import { revise, type Rule, type TaskRecord } from '../../domain/record.ts'
import { DependencyUnknown, IdempotencyConflict, TaskNotFound } from '../../errors.ts'
import type { ApprovalFilter, BeforeCreate, Committed, Idempotency, TaskFilter, TaskStore } from '../task-store.ts'
import { Database, lockFolder } from './database.ts'
import { GroupCommit, type Operation } from './group-commit.ts'
import { Ledger } from './ledger.ts'
import { Queries } from './queries.ts'
import { Rows } from './rows.ts'

/** Candidates looked at for each master in one admission. */
const candidatesPerMaster = 64

export interface SqliteTaskStoreOptions {
  /** The folder that holds the store; made when missing, and locked against a second process. */
  folder: string
  beforeCreate: BeforeCreate
  /** Called when created tasks did not come to be after all. */
  uncreated: (tasks: readonly Task[]) => void
  now?: () => Date
}

/** The store of one machine: built-in SQLite, write-ahead log, an fsync before every answer. */
export class SqliteTaskStore implements TaskStore {
  readonly #lock: DatabaseSync
  readonly #writer: Database
  /** Reads go past an open transaction, so that nobody is told of what is not on disk yet. */
  readonly #reader: Database
  readonly #rows: Rows
  readonly #queries: Queries
  readonly #commits: GroupCommit<Ledger>
  readonly #listeners = new Set<(committed: Committed) => void>()
  readonly #now: () => Date

  /** @throws CTX_STORE_LOCKED, CTX_STORE_TOO_NEW */
  constructor ({ folder, beforeCreate, uncreated, now = () => new Date() }: SqliteTaskStoreOptions) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#lock = lockFolder(folder)
    this.#now = now
    const path = join(folder, 'tasks.db')
    this.#writer = new Database(path)
    this.#writer.migrate()
    this.#reader = new Database(path)
    this.#rows = new Rows(this.#writer)
    this.#queries = new Queries(this.#reader)
    this.#commits = new GroupCommit(this.#writer, {
      begin: () => new Ledger(this.#writer, this.#rows),
      prepare: (ledger) => ledger.created.size === 0 ? null : prepareFiles(ledger, beforeCreate),
      committed: ({ events, logs }) => this.#tell({ events, logs }),
      aborted: ({ created }) => uncreated([...created.values()])
    })
  }

  create (draft: TaskDraft, idempotency: Idempotency | null): Promise<{ task: Task, repeated: boolean }> {
    return this.#write((ledger, operation) => {
      const earlier = idempotency && this.#rows.findIdempotent(idempotency)
      if (earlier) {
        if (earlier.input_hash !== idempotency?.input_hash) throw new IdempotencyConflict(earlier.task_id)
        return { task: this.#record(earlier.task_id).task, repeated: true }
      }
      const now = this.#now()
      const refs = this.#refs(draft)
      const named = this.#rows.named(draft.depends_on.map((name) => refs.get(name) ?? name))
      const record = createRecord(draft, { refs, named }, now)
      if (record.missing_refs.length > 0 && !draft.batch_id) throw new DependencyUnknown(listNames(record.missing_refs))
      ledger.create(record, operation)
      if (idempotency) this.#rows.insertIdempotent(idempotency, draft.id)
      if (draft.batch_id) this.#joinBatch(ledger, draft, record, now)
      return { task: record.task, repeated: false }
    })
  }

  adopt (records: readonly TaskRecord[]): Promise<string[]> {
    return this.#write((ledger) => records.flatMap((record) => {
      if (this.#rows.record(record.task.id)) return []
      ledger.adopt(record)
      return record.task.id
    }))
  }

  change<Reply> (id: string, rule: Rule<Reply>): Promise<Reply> {
    return this.#write((ledger) => this.#apply(ledger, this.#record(id), rule))
  }

  admit (choose: (candidates: readonly Candidate[], busy: readonly Candidate[]) => string[], masters: readonly string[]): Promise<Task[]> {
    return this.#write((ledger) => {
      const candidates = masters.flatMap((master) => this.#rows.candidates(master, candidatesPerMaster))
      if (candidates.length === 0) return []
      const now = this.#now()
      const ranked = candidates.toSorted((a, b) => a.rank - b.rank)
      const admitted = choose(ranked, this.#rows.busy()).map((id) => {
        const record = this.#record(id)
        // A task that waited for a lock is queued again by this very step.
        const next = revise(record, now, { status: 'queued', waiting_for: null }, { dispatched: true })
        ledger.apply(record, { reply: null, records: [next] })
        return next.task
      })
      this.#markLocked(ledger, now)
      return admitted
    })
  }

  settleDue (): Promise<Task[]> {
    return this.#write((ledger) => {
      const now = this.#now()
      const due = this.#rows.records(`SELECT fixed, state FROM tasks WHERE due IS NOT NULL AND due <= ${now.getTime()} ORDER BY due LIMIT 500`)
      return due.map((record) => {
        const next = settle(record, this.#rows.named(record.task.depends_on), now)
        ledger.apply(record, { reply: null, records: [next] })
        return next.task
      })
    })
  }

  closeBatch (id: string): Promise<BatchFault[]> {
    return this.#write((ledger) => {
      this.#writer.run('UPDATE batches SET closed = 1 WHERE id = ?', id)
      const records = this.#rows.records('SELECT fixed, state FROM tasks WHERE batch_id = ? ORDER BY n', id)
      const faults = findBatchFaults(records)
      const faulted = new Set(faults.map((fault) => fault.task_id))
      for (const fault of faults) {
        this.#apply(ledger, this.#record(fault.task_id), (view, now) => {
          const failed = failBeforeStart(view.record, { code: fault.code, message: fault.message }, now)
          return { reply: null, records: [failed, ...propagate(view, failed, now, faulted)] }
        })
      }
      this.#writer.run('DELETE FROM missing_refs WHERE batch_id = ?', id)
      return faults
    })
  }

  quietBatches = async (since: Date): Promise<string[]> => this.#queries.quietBatches(since)
  get = async (ids: readonly string[]): Promise<Task[]> => this.#queries.get(ids)
  list = async (filter: TaskFilter): Promise<{ tasks: Task[], next_cursor: string | null }> => this.#queries.list(filter)
  busy = async (): Promise<TaskRecord[]> => this.#queries.busy()
  approvals = async (filter: ApprovalFilter): Promise<Approval[]> => this.#queries.approvals(filter)
  journal = async (id: string): Promise<JournalEntry[]> => this.#queries.rows.journal(id)
  log = async (id: string, from: number, limit: number): Promise<TaskLog> => this.#queries.rows.log(id, from, limit)
  eventsAfter = async (seq: number, limit: number): Promise<TaskEvent[] | null> => this.#queries.eventsAfter(seq, limit)
  lastSeq = async (): Promise<number> => this.#queries.lastSeq()
  live = async (): Promise<Iterable<{ id: string, status: TaskStatus, master: string }>> => this.#queries.live()
  ids = async (): Promise<Iterable<string>> => this.#queries.ids()

  trimEvents (keep: number): Promise<void> {
    return this.#write(() => { this.#writer.run('DELETE FROM events WHERE seq <= (SELECT max(seq) FROM events) - ?', keep) })
  }

  subscribe (listener: (committed: Committed) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close (): Promise<void> {
    await this.#commits.idle()
    this.#reader.close()
    this.#writer.close()
    this.#lock.close()
  }

  #write<T> (run: (ledger: Ledger, operation: Operation<Ledger>) => T): Promise<T> {
    return this.#commits.write((ledger, operation) => ledger.attempt((page) => run(page, operation)))
  }

  /** What is committed stays committed: a listener that fails must not fail those who wait for their answer. */
  #tell (committed: Committed): void {
    for (const listener of this.#listeners) {
      try {
        listener(committed)
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error))
      }
    }
  }

  #apply<Reply> (ledger: Ledger, record: TaskRecord, rule: Rule<Reply>): Reply {
    const decision = rule(this.#rows.view(record), this.#now())
    ledger.apply(record, decision)
    return decision.reply
  }

  #record (id: string): TaskRecord {
    const record = this.#rows.record(id)
    if (!record) throw new TaskNotFound(id)
    return record
  }

  #refs ({ batch_id: batchId, depends_on: names }: TaskDraft): Map<string, string> {
    const refs = new Map<string, string>()
    if (batchId === null || names.length === 0) return refs
    for (const { task } of this.#rows.records('SELECT fixed, state FROM tasks WHERE batch_id = ? AND ref IS NOT NULL', batchId)) if (task.ref) refs.set(task.ref, task.id)
    return refs
  }

  #joinBatch (ledger: Ledger, { batch_id: batchId, ref }: TaskDraft, record: TaskRecord, now: Date): void {
    this.#writer.run('INSERT INTO batches (id, touched, closed) VALUES (?, ?, 0) ON CONFLICT (id) DO UPDATE SET touched = excluded.touched, closed = 0', batchId, now.getTime())
    if (ref === null) return
    const waiting = this.#rows.records(`SELECT fixed, state FROM tasks JOIN missing_refs m ON m.task_id = tasks.id
      WHERE m.batch_id = ? AND m.ref = ?`, batchId ?? '', ref)
    for (const each of waiting) {
      const named = this.#rows.named([...each.task.depends_on, record.task.id])
      const next = linkRef(each, ref, record.task.id, named, now)
      ledger.relink(next)
      if (isTerminal(next.task.status)) ledger.apply(next, { reply: null, records: propagate(this.#rows.view(next), next, now) })
    }
  }

  /** Says on the board who holds the target a ready task waits for. */
  #markLocked (ledger: Ledger, now: Date): void {
    // The plus keeps SQLite from going through all queued tasks by the index of their status, at each admission.
    const locked = this.#rows.records(`SELECT fixed, state FROM tasks WHERE ready = 1 AND busy = 0 AND target IS NOT NULL AND +status = 'queued'
      AND target IN (SELECT target FROM tasks WHERE busy = 1 AND target IS NOT NULL) LIMIT 100`)
    for (const record of locked) {
      const holder = this.#rows.records('SELECT fixed, state FROM tasks WHERE busy = 1 AND target = ?', record.task.target ?? '')[0]
      const waiting = revise(record, now, { status: 'waiting', waiting_for: `${holder?.task.payload.title ?? 'another task'}, which works on ${record.task.target}` })
      ledger.apply(record, { reply: null, records: [waiting] })
    }
  }
}

async function prepareFiles ({ created }: Ledger, beforeCreate: BeforeCreate): Promise<Map<Operation<Ledger>, Error>> {
  const failures = await beforeCreate([...created.values()])
  const refused = new Map<Operation<Ledger>, Error>()
  for (const [operation, task] of created) {
    const error = failures.get(task.id)
    if (error) refused.set(operation, error)
  }
  return refused
}
