import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Approval, AuditHead, JournalEntry, Task, TaskEvent, TaskLog, Usage } from '@cortex/contracts'
import { keepPrivate, lockStore } from '@cortex/service'
import type { Candidate } from '../../domain/admission.ts'
import { quietBounds } from '../../domain/quiet.ts'
import type { TaskRecord } from '../../domain/record.ts'
import type { KnownMaster } from '../../domain/routing.ts'
import { rest } from '../../rest.ts'
import type { StoreBounds } from '../bounds.ts'
import type { Delivery } from '../dispatcher.ts'
import { toCommitted, type Ledger } from '../ledger.ts'
import { mayLetStart, type ApprovalFilter, type AuditFilter, type Backlog, type Committed, type NewFiles, type RunningLease, type StoredAuditLine, type TaskCount, type TaskFilter, type TaskStore } from '../task-store.ts'
import { TransactionalTaskStore } from '../transactional-task-store.ts'
import { AuditTable } from './audit-table.ts'
import { Database } from './database.ts'
import { GroupCommit } from './group-commit.ts'
import { LeaseClock } from './lease-clock.ts'
import { Queries } from './queries.ts'
import { SqliteRows } from './sqlite-rows.ts'
import { TitleIndex } from './title-index.ts'
import { WalSync } from './wal-sync.ts'
import { WriterRows } from './writer-rows.ts'

/** Milliseconds between two looks at what the index of titles lacks, and the writes between them that count as little. */
const indexInterval = 500
const fewWrites = 50

export interface SqliteTaskStoreOptions {
  /** The folder that holds the store; made when missing, and locked against a second process. */
  folder: string
  /** Milliseconds without a heartbeat after which a lease is over. */
  leaseDuration: number
  files: NewFiles
  /** Takes what was admitted, once that is on disk. */
  enqueue: (deliveries: readonly Delivery[]) => void
  bounds: StoreBounds
  now?: () => Date
}

/** The store of one machine: built-in SQLite, write-ahead log, synced before every answer. */
export class SqliteTaskStore extends TransactionalTaskStore implements TaskStore {
  readonly #now: () => Date
  readonly #lock: DatabaseSync
  readonly #writer: Database
  /** Reads go past an open transaction, so that nobody is told of what is not on disk yet. */
  readonly #reader: Database
  readonly #queries: Queries
  readonly #commits: GroupCommit
  readonly #leases: LeaseClock
  readonly #enqueue: (deliveries: readonly Delivery[]) => void
  readonly #wal: WalSync
  readonly #titles: TitleIndex
  readonly #timer: NodeJS.Timeout
  #written = 0
  #indexing = false
  #closing = false
  readonly #listeners = new Set<(committed: Committed) => void>()
  #onStir = () => {}

  /** @throws CTX_STORE_LOCKED, CTX_RESTORE_UNFINISHED, CTX_STORE_TOO_NEW */
  constructor ({ folder, leaseDuration, files, enqueue, bounds, now = () => new Date() }: SqliteTaskStoreOptions) {
    super(now, bounds)
    this.#now = now
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#lock = lockStore(folder, 'lock.db')
    this.#enqueue = enqueue
    this.#leases = new LeaseClock(leaseDuration)
    const path = join(folder, 'tasks.db')
    keepPrivate(path)
    this.#writer = new Database(path)
    this.#writer.migrate()
    this.#reader = new Database(path)
    this.#queries = new Queries(this.#reader, new SqliteRows(this.#reader, this.#leases))
    for (const record of this.#queries.busy()) this.#leases.begin(record)
    this.#wal = new WalSync(`${path}-wal`)
    this.#titles = new TitleIndex(this.#writer)
    this.#timer = setInterval(() => this.#indexTitles(), indexInterval).unref()
    this.#commits = new GroupCommit({
      db: this.#writer,
      wal: this.#wal,
      rows: new WriterRows(this.#writer, this.#leases),
      files,
      written: ({ events }) => { if (mayLetStart(events)) this.#onStir() },
      committed: (ledger, lastSeq) => this.#onCommit(ledger, lastSeq)
    })
  }

  /** A lease of what is admitted is on disk after the admission: the way to the worker is one sync shorter. */
  admit (choose: (candidates: readonly Candidate[], busy: readonly Candidate[]) => string[], masters: readonly string[]): Promise<Task[]> {
    return this.write((ledger) => {
      const admitted = this.admitWith(ledger, choose, masters)
      ledger.afterCommit.push(() => this.#enqueue(admitted.map((task) => ({ task_id: task.id, master: task.assigned_to }))))
      return admitted
    })
  }

  beat = async (leaseId: string): Promise<RunningLease | null> => this.#leases.beat(leaseId)
  leasesOf = async (agentId: string): Promise<RunningLease[]> => this.#leases.ofAgent(agentId)
  expiredLeases = async (): Promise<RunningLease[]> => this.#leases.expired()
  masters = async (): Promise<KnownMaster[]> => new SqliteRows(this.#reader, this.#leases).masters()

  quietBatches = async (quiet: number): Promise<string[]> => this.#queries.quietBatches(quietBounds(this.#now(), quiet))
  get = async (ids: readonly string[]): Promise<Task[]> => this.#queries.get(ids)
  list = async (filter: TaskFilter): Promise<{ tasks: Task[], next_cursor: string | null }> => this.#queries.list(filter)
  busy = async (): Promise<TaskRecord[]> => this.#queries.busy()
  approvals = async (filter: ApprovalFilter): Promise<Approval[]> => this.#queries.approvals(filter)
  journal = async (id: string, most: number): Promise<{ entries: JournalEntry[], bytes: number } | null> => this.#queries.journal(id, most)
  log = async (id: string, from: number, limit: number): Promise<TaskLog> => this.#queries.log(id, from, limit)
  eventsAfter = async (seq: number, limit: number, taskId?: string): Promise<TaskEvent[] | null> => this.#queries.eventsAfter(seq, limit, taskId)
  lastSeq = async (): Promise<number> => this.#queries.lastSeq()
  counts = async (): Promise<TaskCount[]> => this.#queries.counts()
  backlog = async (): Promise<Backlog> => this.#queries.backlog()
  locate = async (ids: readonly string[]): Promise<Map<string, 'stored' | 'archived'>> => this.#queries.locate(ids)
  spent = async (of: Pick<Task, 'batch_id' | 'conversation_id'>): Promise<{ batch: Usage | null, conversation: Usage | null }> => this.#queries.spent(of)
  spentByFamily = async (id: string): Promise<Usage> => this.#queries.spentByFamily(id)
  audit = async (filter: AuditFilter): Promise<StoredAuditLine[]> => new AuditTable(this.#reader).lines(filter)
  auditHead = async (): Promise<AuditHead> => new AuditTable(this.#reader).head()
  ids = async (before: string | null, limit: number): Promise<Array<{ id: string, rev: number }>> => this.#queries.ids(before, limit)

  trimEvents (keep: number): Promise<void> {
    return this.write(() => { this.#writer.run('DELETE FROM events WHERE seq <= (SELECT max(seq) FROM events) - ?', keep) })
  }

  trimArchive (before: string): Promise<void> {
    return this.write(() => {
      this.#writer.run('DELETE FROM archived_logs WHERE task_id IN (SELECT id FROM archived_tasks WHERE part IN (SELECT part FROM archive WHERE day < ?))', before)
      this.#writer.run('DELETE FROM archived_tasks WHERE part IN (SELECT part FROM archive WHERE day < ?)', before)
      this.#writer.run('DELETE FROM archive WHERE day < ?', before)
    })
  }

  subscribe (listener: (committed: Committed) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  onStir (listener: () => void): void {
    this.#onStir = listener
  }

  /** The lock of the folder is the election. */
  onElected (listener: () => () => void): void {
    listener()
  }

  async close (): Promise<void> {
    this.#closing = true
    clearInterval(this.#timer)
    await this.#commits.idle()
    await this.#wal.close()
    this.#reader.close()
    this.#writer.close()
    this.#lock.close()
  }

  protected write<T> (run: (ledger: Ledger) => T): Promise<T> {
    this.#written++
    return this.#commits.write(run)
  }

  /** Goes on with the index of titles when little was written since the last look, or too many wait. */
  #indexTitles (): void {
    const idle = this.#written < fewWrites
    this.#written = 0
    if (!this.#indexing) void this.#catchUp(idle)
  }

  async #catchUp (idle: boolean): Promise<void> {
    this.#indexing = true
    try {
      while (!this.#closing && this.#titles.isBehind(idle)) {
        const began = performance.now()
        await this.#commits.write(() => this.#titles.goOn())
        await rest(began)
      }
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    } finally {
      this.#indexing = false
    }
  }

  /** What is committed stays committed: a listener that fails must not fail those who wait for their answer. */
  #onCommit ({ events, logs, archived, leases }: Ledger, lastSeq: number): void {
    for (const change of leases) this.#leases.apply(change)
    const committed = { ...toCommitted(events, lastSeq - events.length), logs, archived, own: true, filed: true }
    for (const listener of this.#listeners) {
      try {
        listener(committed)
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error))
      }
    }
  }
}
