import type { Approval, AuditHead, Category, JournalEntry, LogLine, TaskLog } from '@cortex/contracts'
import type { Candidate } from '../domain/admission.ts'
import type { QuietBounds } from '../domain/quiet.ts'
import type { NamedTask, TaskRecord } from '../domain/record.ts'
import type { KnownMaster } from '../domain/routing.ts'
import type { ArchivedTask, Idempotency, IdempotencyKey } from './task-store.ts'

/** A task that holds a slot, with the name a task that waits for its target is told. */
export interface BusyTask extends Candidate { readonly title: string }

/** An ended task, by what it would take to archive it. */
export interface Archivable {
  readonly id: string
  /** Milliseconds. */
  readonly ended: number
  /** Lines of its log that are not in the archive yet. */
  readonly lines: number
  /** Bytes of it and all that belongs to it; null when it has too many lines to count them. */
  readonly size: number | null
}

/**
 * What the verbs of a store read and write: rows that are at hand, within one transaction. Each call answers at once; an adapter whose rows are
 * elsewhere throws its own signal, fetches them, and runs the verb again, which it may, because verbs are pure but for these calls.
 */
export interface Rows {
  /** @returns null when there is no task by this id, or it is archived */
  record (id: string): TaskRecord | null
  /** Calls back for each, where the callback looks something up and does no more: an adapter fetches for all of them what it takes. */
  lookUpEach<Item, Found> (items: readonly Item[], lookUp: (item: Item) => Found): Found[]
  isArchived (id: string): boolean
  /** Every task that needs one of these, directly or through others, nearest first; none of these themselves. */
  dependents (ids: readonly string[]): TaskRecord[]
  /** The newest approval of the task. */
  approvalOf (taskId: string): Approval | null
  /** Name and status of tasks, archived ones too. */
  named (ids: readonly string[]): Map<string, NamedTask>
  /** The task a lease is on. */
  leasedTask (leaseId: string): string | null
  idempotent (key: Idempotency): { readonly task_id: string, readonly input_hash: string } | null
  /** ref → task id, of those of these names that tasks of a batch have so far. */
  batchRefs (batchId: string, names: readonly string[]): ReadonlyMap<string, string>
  batchRecords (batchId: string): TaskRecord[]
  waitingForRef (batchId: string, ref: string): TaskRecord[]
  /** Ready tasks nobody works on, whose targets are free, by rank. */
  candidates (masters: readonly string[], perMaster: number): Candidate[]
  busy (): BusyTask[]
  /** Queued tasks that could start but for their target. */
  queuedOn (targets: readonly string[], limit: number): TaskRecord[]
  /** Tasks that could start but for their target, and say so: the next so many of each target, by rank. */
  lockedOn (targets: readonly string[], perTarget: number): TaskRecord[]
  /** Tasks that wait for a time, by that time: those `timeHasCome` is true of. */
  due (now: Date, limit: number): TaskRecord[]
  /** Admitted tasks without a worker, by when they were admitted. */
  orphans (bounds: QuietBounds, limit: number): TaskRecord[]
  /** Tasks of a master that have not ended and are not on their way to a worker. */
  waitingFor (master: string, category: Category, limit: number): TaskRecord[]
  /** Ended tasks that may be archived, oldest first: no live task needs them. */
  archivable (before: Date, limit: number, countedLines: number): Archivable[]
  masters (): KnownMaster[]
  /** The last line of the audit that may go: one from before that day, and no more than so many behind the first. */
  droppableAudit (before: string, limit: number): AuditHead | null
  /** Bytes of the values in the journal of a task, by their keys. */
  journalLengths (taskId: string): ReadonlyMap<string, number>
  /** The oldest lines of its log that are not in the archive, as JSON. */
  oldestLog (taskId: string, limit: number): Array<{ readonly n: number, readonly doc: string }>
  /** Everything of one task but its record and the lines that are in the archive already. */
  belongings (taskId: string): { readonly approvals: Approval[], readonly log: LogLine[], readonly log_total: number }

  insert (record: TaskRecord): void
  /** @param before the record as it was */
  update (record: TaskRecord, before: TaskRecord): void
  /** A waiting task found one of its refs. */
  relink (record: TaskRecord, before: TaskRecord): void
  addIdempotent (key: Idempotency, taskId: string): void
  touchBatch (batchId: string, now: Date): void
  closeBatch (batchId: string): void
  /** Batches that were closed and last added to before then, and what batches and conversations used that used nothing since. */
  forgetBatches (before: Date): void
  writeApproval (approval: Approval): void
  appendLog (taskId: string, lines: readonly LogLine[]): TaskLog
  writeJournal (taskId: string, entries: readonly JournalEntry[]): void
  /** @param kept what the keys begin with that stay */
  clearJournal (taskId: string, kept: string): void
  writeMaster (master: KnownMaster): void
  dropAudit (through: AuditHead): void
  /** Moves the oldest lines of a log into the archive, before its task. */
  archiveLog (taskId: string, lines: ReadonlyArray<{ readonly n: number, readonly doc: string }>): void
  /** Moves the tasks of one day into one part of the archive, and forgets these idempotency keys. */
  archive (day: string, tasks: readonly ArchivedTask[], keys: readonly IdempotencyKey[]): void
}
