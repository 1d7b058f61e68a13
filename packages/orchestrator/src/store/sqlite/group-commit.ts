import { StoreUnavailable } from '../../errors.ts'
import { CommitQueue, type Operation } from '../commit-queue.ts'
import { Ledger } from '../ledger.ts'
import type { NewFiles } from '../task-store.ts'
import { AuditTable } from './audit-table.ts'
import type { Database } from './database.ts'
import type { WalSync } from './wal-sync.ts'
import type { WriterRows } from './writer-rows.ts'

/** Operations in one transaction at most, so that one commit stays short. */
const largestGroup = 1_000

/** SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN: the disk, not the statement. */
const diskFaults = new Set([8, 10, 13, 14])

export interface GroupCommitOptions {
  db: Database
  rows: WriterRows
  wal: WalSync
  files: NewFiles
  /** Called once it is committed, though it may not be on disk yet. */
  written: (ledger: Ledger) => void
  /** Called when it is on disk. */
  committed: (ledger: Ledger, lastSeq: number) => void
}

type Queued = Operation<Ledger>

/** An operation failed when it had written already, so the others are run again without it. Rules refuse before they write, so this is rare; a savepoint each is not. */
class SpoiltGroup extends Error {
  readonly operation: Queued

  constructor (operation: Queued, cause: unknown) {
    super('an operation failed in the middle', { cause })
    this.operation = operation
  }
}

/** Operations as transactions of one connection. One that throws is left out alone. */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #audit: AuditTable
  #settled: Promise<void> = Promise.resolve()
  #broken: Error | null = null
  readonly #queue = new CommitQueue<Ledger>((operations) => this.#commit(operations), largestGroup)

  constructor (options: GroupCommitOptions) {
    this.#options = options
    this.#audit = new AuditTable(options.db)
  }

  write<T> (run: (ledger: Ledger) => T): Promise<T> {
    return this.#queue.write(run)
  }

  /** Resolves when nothing is under way. */
  async idle (): Promise<void> {
    await this.#queue.idle()
    await this.#settled
  }

  async #commit (operations: readonly Queued[]): Promise<void> {
    const { db, rows, files } = this.#options
    const ledger = new Ledger(rows)
    const answers: Array<() => void> = []
    const creators = new Map<string, Queued>()
    let lastSeq = 0
    try {
      if (this.#broken) throw this.#broken
      db.exec('BEGIN IMMEDIATE')
      for (const operation of operations) answers.push(this.#runOne(operation, ledger, creators))
      // What follows from them is written while their files are.
      const drafting = ledger.created.length === 0 ? new Map<string, Error>() : files.draft(ledger.created)
      const [refused, last] = await Promise.all([drafting, this.#append(ledger)])
      lastSeq = last
      if (refused.size > 0) {
        this.#rollback()
        const failed = new Map([...refused].map(([id, error]) => [creators.get(id), error]))
        // One operation may have created several; none of those is left.
        files.discard(ledger.created.flatMap(({ id }) => failed.has(creators.get(id)) ? id : []))
        for (const [operation, error] of failed) operation?.reject(error)
        return await this.#commit(operations.filter((operation) => !failed.has(operation)))
      }
      db.exec('COMMIT')
    } catch (error) {
      this.#rollback()
      if (error instanceof SpoiltGroup) {
        error.operation.reject(error.cause)
        return await this.#commit(operations.filter((operation) => operation !== error.operation))
      }
      files.discard(ledger.created.map(({ id }) => id))
      const told = isDiskFault(error) ? new StoreUnavailable((error as Error).message) : error
      for (const operation of operations) operation.reject(told)
      return
    }
    for (const step of ledger.afterCommit) step()
    const placed = ledger.created.length === 0 ? undefined : files.place(ledger.created)
    this.#settled = this.#tellWhenSynced(operations, ledger, lastSeq, answers, placed)
    this.#options.written(ledger)
  }

  /** @returns the number of the last event */
  async #append ({ events, counts, spending, audit }: Ledger): Promise<number> {
    const { db, rows } = this.#options
    let lastSeq = 0
    for (const { task_id: taskId, type, at, approval } of events) {
      lastSeq = db.run('INSERT INTO events (task_id, type, at, approval_id) VALUES (?, ?, ?, ?)', taskId, type, at, approval?.id ?? null)
    }
    rows.addCounts(counts)
    rows.addSpending(spending)
    this.#audit.append(audit)
    return lastSeq
  }

  /** Nobody is told of what is not on disk, nor answered before the files are in place. The next group is run meanwhile. */
  async #tellWhenSynced (operations: readonly Queued[], ledger: Ledger, lastSeq: number, answers: ReadonlyArray<() => void>, placed: Promise<void> | undefined): Promise<void> {
    try {
      await this.#options.wal.sync()
      // A sync that failed meanwhile left out what this group goes on from, as the create of a task it leased.
      if (this.#broken) throw this.#broken
    } catch (error) {
      // What of it is on disk nobody knows, now or later: a second sync may succeed and mean nothing.
      this.#broken ??= new StoreUnavailable(`the disk failed to keep what was written (${(error as Error).message}); start again`)
      for (const operation of operations) operation.reject(this.#broken)
      return
    }
    this.#options.committed(ledger, lastSeq)
    await placed
    for (const answer of answers) answer()
  }

  /** @throws SpoiltGroup when it failed and cannot be undone alone */
  #runOne (operation: Queued, group: Ledger, creators: Map<string, Queued>): () => void {
    const { db, rows } = this.#options
    const writes = db.writes
    try {
      const page = new Ledger(rows)
      const value = operation.run(page)
      group.add(page)
      for (const { id } of page.created) creators.set(id, operation)
      return () => operation.resolve(value)
    } catch (error) {
      // A full disk has undone the whole transaction already: nothing of this group can be kept.
      if (isDiskFault(error)) throw error
      if (db.writes > writes) throw new SpoiltGroup(operation, error)
      return () => operation.reject(error)
    }
  }

  #rollback (): void {
    this.#options.rows.forget()
    try {
      this.#options.db.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
  }
}

function isDiskFault (error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && diskFaults.has(Number(error.errcode) & 0xff)
}
