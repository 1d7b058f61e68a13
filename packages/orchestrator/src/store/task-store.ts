import type { Approval, AuditHead, Category, JournalEntry, LogLine, Task, TaskEvent, TaskLog, TaskStatus, Usage } from '@cortex/contracts'
import type { AuditDraft } from '../audit/drafts.ts'
import type { Candidate } from '../domain/admission.ts'
import type { BatchFault } from '../domain/batch-faults.ts'
import type { TaskDraft } from '../domain/new-task.ts'
import type { QuietBounds } from '../domain/quiet.ts'
import type { Rule, TaskRecord } from '../domain/record.ts'
import type { KnownMaster } from '../domain/routing.ts'

/**
 * The system of record. Every verb that writes is one atomic step, on disk when its promise resolves, and repeatable: rules are pure, so an
 * adapter may run one again. Every change of a task is an event with its own `seq`, in the order of the commits and without a gap.
 * Any verb throws CTX_STORE_UNAVAILABLE (the disk) or CTX_STORE_UNREACHABLE (the database) when nothing could be stored.
 */
export interface TaskStore {
  /**
   * Stores a new task and links it into its batch. A repeat of the idempotency key answers the first task.
   * @throws CTX_IDEMPOTENCY_CONFLICT, CTX_REF_TAKEN, CTX_DEPENDENCY_UNKNOWN, CTX_TASK_FILE_UNWRITABLE; of a rollback CTX_ROLLBACK_TOO_EARLY, CTX_ROLLBACK_EXISTS
   */
  create (draft: TaskDraft, idempotency: Idempotency | null): Promise<{ task: Task, repeated: boolean }>
  /**
   * Stores records made elsewhere as they are, but for the time of their last change, where their id is not known yet. Their task files are not
   * written here.
   * @returns the ids that were new
   */
  adopt (records: readonly TaskRecord[]): Promise<string[]>
  /**
   * Runs a rule on one task and those it touches.
   * @throws CTX_TASK_NOT_FOUND, CTX_TASK_ARCHIVED, CTX_JOURNAL_FULL, and whatever the rule throws
   */
  change<Reply> (id: string, rule: Rule<Reply>): Promise<Reply>
  /**
   * The same for a rule that changes the task, once for each key: a repeat changes nothing and answers the first reply, with the task as it is now.
   * @throws CTX_IDEMPOTENCY_CONFLICT
   */
  changeOnce<Reply> (id: string, rule: Rule<Reply>, idempotency: Idempotency | null): Promise<{ reply: Reply, task: Task }>
  /**
   * The same on the task a lease is on.
   * @param ofBatch the rule looks at the whole batch of the task
   * @throws CTX_LEASE_LOST
   */
  changeLeased<Reply> (leaseId: string, rule: Rule<Reply>, ofBatch?: boolean): Promise<Reply>
  /** Marks the tasks the rule chose as dispatched and hands them to the dispatcher in the same step. Those whose target is locked are marked waiting, by name. */
  admit (choose: (candidates: readonly Candidate[], busy: readonly Candidate[]) => string[], masters: readonly string[]): Promise<Task[]>
  /** Puts admitted tasks that no worker took for so long back into the queue. */
  readmit (bounds: QuietBounds): Promise<Task[]>
  /** Tasks that say they wait for one of these targets wait for nothing but room, where nobody holds it any more. Answers those. */
  unlock (targets: readonly string[]): Promise<Task[]>
  /** Gives tasks of a category that nobody works on from one master to another. */
  reroute (category: Category, from: string, to: string): Promise<Task[]>
  /** Tasks that waited for a time which has come. */
  settleDue (): Promise<Task[]>
  /** Ends the batch: what can never start fails, and is named. */
  closeBatch (id: string): Promise<BatchFault[]>
  /**
   * Batches nobody closed and nobody adds to any more, by the clock that the store wrote the times with.
   * @param quiet milliseconds
   */
  quietBatches (quiet: number): Promise<string[]>
  /** Adds what a turn of a chat used to the sum of its conversation, once. */
  addUsage (conversationId: string, turnId: string, usage: Usage): Promise<void>
  /** A step of moving what ended before then into the archive: some tasks, or a piece of the log of one. `more`: another step may find more. */
  archive (before: Date): Promise<{ tasks: number, more: boolean }>
  /** Drops the days of the archive before this one, `YYYY-MM-DD`. */
  trimArchive (before: string): Promise<void>
  /** Drops some of the audit from before this day, `YYYY-MM-DD`, and says so in it; answers whether there may be more. */
  trimAudit (before: string): Promise<boolean>

  /** The heartbeat of a lease: it holds for another whole turn from now. Null when it is lost. */
  beat (leaseId: string): Promise<RunningLease | null>
  leasesOf (agentId: string): Promise<RunningLease[]>
  /** Leases without a heartbeat for a whole turn. */
  expiredLeases (): Promise<RunningLease[]>
  /** Remembers what masters there are and how much each takes. */
  announce (masters: readonly KnownMaster[]): Promise<void>
  masters (): Promise<KnownMaster[]>

  /** Archived tasks are read as any others. */
  get (ids: readonly string[]): Promise<Task[]>
  /** Archived tasks are not listed. */
  list (filter: TaskFilter): Promise<{ tasks: Task[], next_cursor: string | null }>
  /** Records that hold a slot. */
  busy (): Promise<TaskRecord[]>
  approvals (filter: ApprovalFilter): Promise<Approval[]>
  /** With the bytes of its values; null when those are more than `most`. */
  journal (id: string, most: number): Promise<{ entries: JournalEntry[], bytes: number } | null>
  log (id: string, from: number, limit: number): Promise<TaskLog>
  /** Events after the cursor, of one task if it is named, oldest first, or null when the cursor is older than what is kept. */
  eventsAfter (seq: number, limit: number, taskId?: string): Promise<TaskEvent[] | null>
  lastSeq (): Promise<number>
  /** How many tasks there are and what they used; archived ones no longer count. */
  counts (): Promise<TaskCount[]>
  /** What waits, and since when. */
  backlog (): Promise<Backlog>
  /** Where tasks are; ids that are unknown are left out. */
  locate (ids: readonly string[]): Promise<Map<string, 'stored' | 'archived'>>
  /** A page of ids with their revisions, newest first; `before` is the last id of the page before. */
  ids (before: string | null, limit: number): Promise<Array<{ id: string, rev: number }>>
  /** What the tasks of a batch and of a conversation used, archived ones too; null when nothing is known of it. */
  spent (of: Pick<Task, 'batch_id' | 'conversation_id'>): Promise<{ batch: Usage | null, conversation: Usage | null }>
  /** What a task and its sub-tasks used together. */
  spentByFamily (id: string): Promise<Usage>
  /** Lines of the audit, oldest first. */
  audit (filter: AuditFilter): Promise<StoredAuditLine[]>
  auditHead (): Promise<AuditHead>
  /** A line of its own, of what is no change of a task. */
  note (draft: AuditDraft): Promise<void>
  /** Drops events beyond the newest `keep`. */
  trimEvents (keep: number): Promise<void>
  /** Calls back after each commit, whoever made it, in order. */
  subscribe (listener: (committed: Committed) => void): () => void
  /** Calls back when something is written that may let a task start, whoever did. It may not be on disk yet: what follows from it is on disk after it, or not at all. */
  onStir (listener: () => void): void
  /** Calls back when this process becomes the one that keeps the task files and the archive; what that answers is called when it no longer is. */
  onElected (listener: () => () => void): void
  close (): Promise<void>
}

export interface Committed {
  readonly events: readonly TaskEvent[]
  /** Those of the events that brought their task into another status. */
  readonly changes: readonly StatusChange[]
  readonly logs: readonly TaskLog[]
  /** Ids of tasks that this process moved into the archive. */
  readonly archived: readonly string[]
  /** This process made the commit. */
  readonly own: boolean
  /** The files of the tasks created here were written before the commit. */
  readonly filed: boolean
}

export interface StatusChange {
  /** As the change left it, in its status at least. */
  readonly task: Task
  /** The status the task had until now; null when it has just been created. */
  readonly before: TaskStatus | null
}

export interface RunningLease {
  readonly id: string
  readonly taskId: string
  readonly agentId: string
  readonly expiresAt: Date
  /** Set when a person asked to stop. */
  readonly cancelReason: string | null
}

/** Tasks of one status, category and master, with the sums of what they used. */
export interface TaskCount {
  readonly status: TaskStatus
  readonly category: Category
  readonly master: string
  readonly tasks: number
  /** Those among them that are parts of others. */
  readonly sub_tasks: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost_usd: number
}

export interface Backlog {
  /** For each master with queued tasks that may start: when the oldest of the hundred that start next came into the queue. */
  readonly queued: ReadonlyArray<{ readonly master: string, readonly since: string }>
  readonly approvals: number
  /** When the oldest of the approvals was asked for. */
  readonly approvalSince: string | null
}

/** What one commit adds to the sum of a batch or a conversation. */
export interface Spending extends Usage {
  readonly scope: 'batch' | 'conversation'
  readonly id: string
  /** Milliseconds. */
  readonly touched: number
}

export interface IdempotencyKey {
  readonly scope: string
  readonly key: string
}

export interface Idempotency extends IdempotencyKey {
  /** Hash of the input, so that the same key with another input is told. */
  readonly input_hash: string
}

/** A task with all that belongs to it. */
export interface ArchivedTask {
  readonly task: Task
  readonly approvals: readonly Approval[]
  /** The last lines, the last of which has the number `log_total - 1`; those of a long log that lie before them are in pieces of their own. */
  readonly log: readonly LogLine[]
  readonly log_total: number
}

export interface TaskFilter {
  readonly status?: TaskStatus | undefined
  readonly category?: Category | undefined
  readonly conversation_id?: string | undefined
  readonly batch_id?: string | undefined
  readonly parent_id?: string | undefined
  readonly text?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface ApprovalFilter {
  readonly id?: string | undefined
  readonly status?: Approval['status'] | undefined
  readonly conversation_id?: string | undefined
  readonly task_ids?: readonly string[] | undefined
  readonly limit: number
}

export interface AuditFilter {
  /** The number of the last line that is known. */
  readonly after: number
  readonly limit: number
  readonly task_id?: string | undefined
  readonly batch_id?: string | undefined
}

export interface StoredAuditLine { readonly seq: number, readonly line: string }

/** Where new tasks are kept besides the store: got ready before their commit and put in place after it, so that nothing is there of what never came to be. */
export interface NewFiles {
  /** Answers why, for each that cannot be: those are not created. */
  draft (tasks: readonly Task[]): Promise<ReadonlyMap<string, Error>>
  /** They are committed. Never rejects: what cannot be placed now follows. */
  place (tasks: readonly Task[]): Promise<void>
  /** They did not come to be after all. */
  discard (ids: readonly string[]): void
}

/** Nothing is kept of them. */
export const noFiles: NewFiles = { draft: async () => new Map(), place: async () => {}, discard: () => {} }

/** Scope of the turns whose usage is counted; no caller has a name with a space. */
export const turnScope = 'turn usage'

/** Log lines kept of one task; the oldest go first. */
export const keptLogLines = 20_000

/** Progress lets nobody start. */
export function mayLetStart (events: ReadonlyArray<Pick<TaskEvent, 'type'>>): boolean {
  return events.some(({ type }) => type !== 'task.progress')
}
