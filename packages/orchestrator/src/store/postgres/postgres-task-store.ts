import { randomUUID } from 'node:crypto'
import type { Approval, AuditHead, JournalEntry, Task, TaskEvent, TaskLog, Usage } from '@cortex/contracts'
import type { FastifyBaseLogger } from 'fastify'
import type { Candidate } from '../../domain/admission.ts'
import type { TaskRecord } from '../../domain/record.ts'
import type { KnownMaster } from '../../domain/routing.ts'
import type { StoreBounds } from '../bounds.ts'
import { mayLetStart, type ApprovalFilter, type AuditFilter, type Backlog, type Committed, type NewFiles, type RunningLease, type StoredAuditLine, type TaskCount, type TaskFilter, type TaskStore } from '../task-store.ts'
import { TransactionalTaskStore } from '../transactional-task-store.ts'
import type { BossDispatcher } from './boss-dispatcher.ts'
import { EventFeed } from './event-feed.ts'
import { GroupCommit, type Page } from './group-commit.ts'
import { Heartbeats } from './heartbeats.ts'
import type { Postgres } from './postgres.ts'
import { Queries } from './queries.ts'

const channel = 'cortex_commits'
/** Held by the process that keeps the task files. */
const electionLock = 0x636f7275
/** Milliseconds after which commits are looked for that nobody notified of. */
const lookInterval = 1_000

export interface PostgresTaskStoreOptions {
  postgres: Postgres
  dispatcher: BossDispatcher
  /** Milliseconds without a heartbeat after which a lease is over. */
  leaseDuration: number
  files: NewFiles
  logger: FastifyBaseLogger
  bounds: StoreBounds
  now?: () => Date
}

/** The store of many machines: PostgreSQL, any number of orchestrators on it. */
export class PostgresTaskStore extends TransactionalTaskStore implements TaskStore {
  readonly #postgres: Postgres
  readonly #dispatcher: BossDispatcher
  readonly #queries: Queries
  readonly #commits: GroupCommit
  readonly #feed: EventFeed
  readonly #heartbeats: Heartbeats
  readonly #clock: () => Date
  readonly #electedListeners = new Set<() => () => void>()
  #elected: Array<() => void> | null = null
  #timer: NodeJS.Timeout | undefined

  constructor ({ postgres, dispatcher, leaseDuration, files, logger, bounds, now = () => new Date() }: PostgresTaskStoreOptions) {
    super(now, bounds)
    this.#clock = now
    this.#postgres = postgres
    this.#dispatcher = dispatcher
    this.#queries = new Queries(postgres)
    this.#feed = new EventFeed(postgres, logger)
    this.#heartbeats = new Heartbeats(postgres, leaseDuration)
    this.#commits = new GroupCommit({
      postgres, channel, leaseDuration, files: () => this.#elected ? files : null, committed: (group) => this.#feed.publish(group)
    })
  }

  async start (): Promise<void> {
    await this.#feed.start()
    await this.#postgres.keepSession(channel, electionLock, {
      heard: () => this.#feed.catchUp(),
      elected: () => { this.#elected = [...this.#electedListeners].map((listener) => listener()) },
      deposed: () => this.#depose()
    })
    this.#timer = setInterval(() => this.#feed.catchUp(), lookInterval)
  }

  async admit (choose: (candidates: readonly Candidate[], busy: readonly Candidate[]) => string[], masters: readonly string[]): Promise<Task[]> {
    await this.#dispatcher.prepare(masters)
    const { admitted, deliveries } = await this.write((page) => {
      const admitted = this.admitWith(page, choose, masters)
      const deliveries = admitted.map((task) => ({ job_id: randomUUID(), task_id: task.id, master: task.assigned_to }))
      if (deliveries.length > 0) page.last.push((connection) => this.#dispatcher.store(connection, deliveries))
      return { admitted, deliveries }
    }, true)
    this.#dispatcher.enqueue(deliveries)
    return admitted
  }

  override async settleDue (): Promise<Task[]> {
    return await this.#queries.isAnyDue(this.#clock()) ? await super.settleDue() : []
  }

  beat = (leaseId: string): Promise<RunningLease | null> => this.#heartbeats.beat(leaseId)
  leasesOf = (agentId: string): Promise<RunningLease[]> => this.#heartbeats.ofAgent(agentId)
  expiredLeases = (): Promise<RunningLease[]> => this.#heartbeats.expired()
  masters = (): Promise<KnownMaster[]> => this.#queries.masters()

  quietBatches = (quiet: number): Promise<string[]> => this.#queries.quietBatches(quiet)
  get = (ids: readonly string[]): Promise<Task[]> => this.#queries.get(ids)
  list = (filter: TaskFilter): Promise<{ tasks: Task[], next_cursor: string | null }> => this.#queries.list(filter)
  busy = (): Promise<TaskRecord[]> => this.#queries.busy()
  approvals = (filter: ApprovalFilter): Promise<Approval[]> => this.#queries.approvals(filter)
  journal = (id: string, most: number): Promise<{ entries: JournalEntry[], bytes: number } | null> => this.#queries.journal(id, most)
  log = (id: string, from: number, limit: number): Promise<TaskLog> => this.#queries.log(id, from, limit)
  eventsAfter = (seq: number, limit: number, taskId?: string): Promise<TaskEvent[] | null> => this.#queries.eventsAfter(seq, limit, taskId)
  lastSeq = (): Promise<number> => this.#queries.lastSeq()
  counts = (): Promise<TaskCount[]> => this.#queries.counts()
  backlog = (): Promise<Backlog> => this.#queries.backlog()
  locate = (ids: readonly string[]): Promise<Map<string, 'stored' | 'archived'>> => this.#queries.locate(ids)
  spent = (of: Pick<Task, 'batch_id' | 'conversation_id'>): Promise<{ batch: Usage | null, conversation: Usage | null }> => this.#queries.spent(of)
  spentByFamily = (id: string): Promise<Usage> => this.#queries.spentByFamily(id)
  audit = (filter: AuditFilter): Promise<StoredAuditLine[]> => this.#queries.audit(filter)
  auditHead = (): Promise<AuditHead> => this.#queries.auditHead()
  ids = (before: string | null, limit: number): Promise<Array<{ id: string, rev: number }>> => this.#queries.ids(before, limit)

  async trimEvents (keep: number): Promise<void> {
    await this.#postgres.query('DELETE FROM cortex.events WHERE seq <= (SELECT last_seq FROM cortex.heads) - $1', [keep])
  }

  async trimArchive (before: string): Promise<void> {
    await this.#postgres.query(`WITH gone AS (DELETE FROM cortex.archive WHERE day < $1 RETURNING part),
      tasks AS (DELETE FROM cortex.archived_tasks a USING gone WHERE a.part = gone.part RETURNING a.id)
      DELETE FROM cortex.archived_logs l USING tasks WHERE l.task_id = tasks.id`, [before])
  }

  subscribe (listener: (committed: Committed) => void): () => void {
    return this.#feed.subscribe(listener)
  }

  onStir (listener: () => void): void {
    this.#feed.subscribe(({ events }) => { if (mayLetStart(events)) listener() })
  }

  onElected (listener: () => () => void): void {
    this.#electedListeners.add(listener)
    this.#elected?.push(listener())
  }

  async close (): Promise<void> {
    clearInterval(this.#timer)
    await this.#commits.idle()
    await this.#feed.close()
    this.#depose()
    await this.#postgres.close()
  }

  protected write<T> (run: (page: Page) => T, alone?: boolean): Promise<T> {
    return this.#commits.write(run, alone)
  }

  #depose (): void {
    for (const end of this.#elected?.splice(0) ?? []) end()
    this.#elected = null
  }
}
