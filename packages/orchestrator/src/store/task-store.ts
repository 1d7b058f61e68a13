import type { Approval, Category, JournalEntry, Task, TaskEvent, TaskLog, TaskStatus } from '@cortex/contracts'
import type { Candidate } from '../domain/admission.ts'
import type { BatchFault } from '../domain/dependencies.ts'
import type { TaskDraft } from '../domain/new-task.ts'
import type { Rule, TaskRecord } from '../domain/record.ts'

/**
 * The system of record. Every verb that writes is one atomic step, on disk when its promise resolves, and repeatable: rules are pure, so an
 * adapter may run one again. Every change of a task is an event with its own `seq`.
 */
export interface TaskStore {
  /**
   * Stores a new task and links it into its batch. A repeat of the idempotency key answers the first task.
   * @throws CTX_IDEMPOTENCY_CONFLICT, CTX_DEPENDENCY_UNKNOWN, CTX_STORE_UNAVAILABLE, CTX_TASK_FILE_UNWRITABLE
   */
  create (draft: TaskDraft, idempotency: Idempotency | null): Promise<{ task: Task, repeated: boolean }>
  /**
   * Stores records made elsewhere as they are, where their id is not known yet. Their task files are not written here.
   * @returns the ids that were new
   * @throws CTX_STORE_UNAVAILABLE
   */
  adopt (records: readonly TaskRecord[]): Promise<string[]>
  /**
   * Runs a rule on one task and those it touches.
   * @throws CTX_TASK_NOT_FOUND, and whatever the rule throws
   */
  change<Reply> (id: string, rule: Rule<Reply>): Promise<Reply>
  /** Marks the tasks the rule chose as dispatched. Those whose target is locked are marked waiting, by name. */
  admit (choose: (candidates: readonly Candidate[], busy: readonly Candidate[]) => string[], masters: readonly string[]): Promise<Task[]>
  /** Tasks that waited for a time which has come. */
  settleDue (): Promise<Task[]>
  /** Ends the batch: what can never start fails, and is named. */
  closeBatch (id: string): Promise<BatchFault[]>
  /** Batches nobody closed and nobody added to since then. */
  quietBatches (since: Date): Promise<string[]>

  get (ids: readonly string[]): Promise<Task[]>
  list (filter: TaskFilter): Promise<{ tasks: Task[], next_cursor: string | null }>
  /** What the restart must pick up: records that hold a slot. */
  busy (): Promise<TaskRecord[]>
  approvals (filter: ApprovalFilter): Promise<Approval[]>
  journal (id: string): Promise<JournalEntry[]>
  log (id: string, from: number, limit: number): Promise<TaskLog>
  /** Events after the cursor, oldest first, or null when the cursor is older than what is kept. */
  eventsAfter (seq: number, limit: number): Promise<TaskEvent[] | null>
  lastSeq (): Promise<number>
  /** Every task that has not ended. */
  live (): Promise<Iterable<{ id: string, status: TaskStatus, master: string }>>
  /** Every task id, newest first, for the check of the task files. */
  ids (): Promise<Iterable<string>>
  /** Drops events beyond the newest `keep`. */
  trimEvents (keep: number): Promise<void>
  /** Calls back after each commit, in order. */
  subscribe (listener: (committed: Committed) => void): () => void
  close (): Promise<void>
}

export interface Committed {
  readonly events: readonly TaskEvent[]
  readonly logs: readonly TaskLog[]
}

export interface Idempotency {
  readonly scope: string
  readonly key: string
  /** Hash of the input, so that the same key with another input is told. */
  readonly input_hash: string
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

/** Told of new tasks before their commit: when it fails for some, those are not created. */
export type BeforeCreate = (tasks: readonly Task[]) => Promise<ReadonlyMap<string, Error>>
