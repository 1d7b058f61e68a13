import type { Approval, AuditHead, Category, JournalEntry, LogLine, TaskLog } from '@cortex/contracts'
import type { Candidate } from '../../domain/admission.ts'
import type { QuietBounds } from '../../domain/quiet.ts'
import { journalText } from '../../domain/journal.ts'
import type { NamedTask, TaskRecord } from '../../domain/record.ts'
import type { KnownMaster } from '../../domain/routing.ts'
import { orderDependents } from '../order-dependents.ts'
import type { Archivable, BusyTask, Rows } from '../rows.ts'
import { keptLogLines, type ArchivedTask, type Idempotency, type IdempotencyKey } from '../task-store.ts'
import type { KeptRows } from './kept-rows.ts'
import { Additions, lookUpEach, RowCache, UndoLog } from './row-cache.ts'

export interface StoredRecord {
  readonly record: TaskRecord
  readonly log_total: number
}

/** What one task has besides its record, for the archive. */
export interface Belongings { readonly approvals: Approval[], readonly log: LogLine[], readonly log_total: number }

/**
 * Rows that are at hand: what was fetched, and what the transaction has made of it. Nothing is written before the end, then all at once.
 * Whatever is asked for and not there throws NotFetched. Searches over the whole store are asked for by operations that run alone.
 */
export class PostgresRows implements Rows {
  readonly undo = new UndoLog()
  readonly records: RowCache<StoredRecord | null>
  /** Records as they were before the transaction, of those it changed. */
  readonly originals = new Map<string, TaskRecord>()
  readonly archived = new RowCache<NamedTask | null>('record', this.undo)
  readonly names = new RowCache<NamedTask | null>('name', this.undo)
  readonly needing: RowCache<readonly string[]>
  /** The same, as far as the transaction has added to them. */
  readonly newlyNeeding = new RowCache<readonly string[]>('new dependents', this.undo)
  readonly newestApproval: RowCache<Approval | null>
  readonly leased: RowCache<string | null>
  readonly idempotents = new RowCache<{ task_id: string, input_hash: string } | null>('idempotent', this.undo)
  readonly refs = new RowCache<string | null>('ref', this.undo)
  readonly waiting = new RowCache<readonly string[]>('waiting', this.undo)
  readonly searches = new RowCache<unknown>('search', this.undo)

  readonly inserted = new Additions<string>(this.undo)
  readonly approvals = new Additions<Approval>(this.undo)
  readonly logs = new Additions<{ task_id: string, n: number, doc: string }>(this.undo)
  readonly trimmedLogs = new Additions<{ task_id: string, below: number }>(this.undo)
  readonly journal = new RowCache<string | null>('journal', this.undo)
  /** Not kept from one group to the next: an entry alone is no event that tells other replicas of it. */
  readonly lengths = new RowCache<ReadonlyMap<string, number>>('lengths', this.undo)
  readonly clearedJournals = new Additions<{ task_id: string, kept: string }>(this.undo)
  readonly newIdempotents = new Additions<Idempotency & { task_id: string }>(this.undo)
  readonly touched = new RowCache<true>('batch', this.undo)
  readonly closed = new Additions<string>(this.undo)
  readonly forgottenBatches = new Additions<Date>(this.undo)
  readonly newMasters = new Additions<KnownMaster>(this.undo)
  readonly droppedAudit = new Additions<AuditHead>(this.undo)
  readonly archivedLogs = new Additions<{ task_id: string, lines: ReadonlyArray<{ n: number, doc: string }> }>(this.undo)
  readonly archives = new Additions<{ day: string, tasks: readonly ArchivedTask[], keys: readonly IdempotencyKey[] }>(this.undo)

  constructor ({ records, needing, newestApproval, leased }: Pick<KeptRows, 'records' | 'needing' | 'newestApproval' | 'leased'>) {
    this.records = new RowCache('record', this.undo, records)
    this.needing = new RowCache('dependents', this.undo, needing)
    this.newestApproval = new RowCache('record', this.undo, newestApproval)
    this.leased = new RowCache('leased', this.undo, leased)
  }

  journalLengths (taskId: string): ReadonlyMap<string, number> {
    return this.lengths.get(taskId)
  }

  record (id: string): TaskRecord | null {
    return this.records.get(id)?.record ?? null
  }

  lookUpEach = lookUpEach

  isArchived (id: string): boolean {
    return this.archived.get(id) !== null
  }

  dependents (ids: readonly string[]): TaskRecord[] {
    const seen = new Set(ids)
    const dependentsOf = (id: string) => [...this.needing.get(id), ...this.#newlyNeeding(id)]
    for (let level = [...seen]; level.length > 0;) {
      level = lookUpEach(level, dependentsOf).flat().filter((id) => !seen.has(id) && seen.add(id))
    }
    return lookUpEach(orderDependents(ids, dependentsOf), (id) => this.record(id)).filter((record) => record !== null)
  }

  approvalOf (taskId: string): Approval | null {
    return this.newestApproval.get(taskId)
  }

  named (ids: readonly string[]): Map<string, NamedTask> {
    const names = lookUpEach(ids, (id): [string, NamedTask | null] => {
      const record = this.records.has(id) ? this.record(id) : null
      return [id, record ? { title: record.task.payload.title, status: record.task.status } : this.names.get(id)]
    })
    return new Map(names.flatMap(([id, name]) => name ? [[id, name]] : []))
  }

  leasedTask (leaseId: string): string | null {
    return this.leased.get(leaseId)
  }

  idempotent ({ scope, key }: Idempotency): { task_id: string, input_hash: string } | null {
    return this.idempotents.get(JSON.stringify([scope, key]))
  }

  batchRefs (batchId: string, names: readonly string[]): ReadonlyMap<string, string> {
    const refs = lookUpEach(names, (name) => ({ name, id: this.refs.get(JSON.stringify([batchId, name])) }))
    return new Map(refs.flatMap(({ name, id }) => id === null ? [] : [[name, id]]))
  }

  batchRecords (batchId: string): TaskRecord[] {
    return this.#search<string[]>('batch', batchId).map((id) => this.record(id)).filter((record) => record !== null)
  }

  waitingForRef (batchId: string, ref: string): TaskRecord[] {
    const fetched = this.waiting.get(JSON.stringify([batchId, ref])).map((id) => this.record(id))
    const inserted = this.#insertedRecords().filter(({ task }) => task.batch_id === batchId)
    return [...fetched, ...inserted].filter((record) => record !== null).filter((record) => record.missing_refs.includes(ref))
  }

  candidates = (masters: readonly string[], perMaster: number) => this.#search<Candidate[]>('candidates', masters, perMaster)
  busy = () => this.#search<BusyTask[]>('busy')
  queuedOn = (targets: readonly string[], limit: number) => this.#search<TaskRecord[]>('queuedOn', targets, limit)
  lockedOn = (targets: readonly string[], perTarget: number) => this.#search<TaskRecord[]>('lockedOn', targets, perTarget)
  due = (now: Date, limit: number) => this.#search<TaskRecord[]>('due', now.getTime(), limit)
  orphans = ({ before, after }: QuietBounds, limit: number) => this.#search<TaskRecord[]>('orphans', before.toISOString(), after.toISOString(), limit)
  waitingFor = (master: string, category: Category, limit: number) => this.#search<TaskRecord[]>('waitingFor', master, category, limit)
  archivable = (before: Date, limit: number, countedLines: number) => this.#search<Archivable[]>('archivable', before.getTime(), limit, countedLines)
  masters = () => this.#search<KnownMaster[]>('masters')
  droppableAudit = (before: string, limit: number) => this.#search<AuditHead | null>('droppableAudit', before, limit)
  oldestLog = (taskId: string, limit: number) => this.#search<Array<{ n: number, doc: string }>>('oldestLog', taskId, limit)
  belongings = (taskId: string) => this.#search<Belongings>('belongings', taskId)

  insert (record: TaskRecord): void {
    const { id, batch_id: batchId, ref } = record.task
    this.records.write(id, { record, log_total: 0 })
    if (batchId !== null && ref !== null) this.refs.write(JSON.stringify([batchId, ref]), id)
    this.archived.write(id, null)
    this.newestApproval.write(id, null)
    this.inserted.add(id)
    // Nobody can have needed what has only now come to be.
    this.needing.write(id, [])
    this.#link(id, record.task.depends_on)
  }

  update (record: TaskRecord, before: TaskRecord): void {
    const { task: { id }, lease } = record
    if (!this.originals.has(id)) this.originals.set(id, before)
    if (lease?.id !== before.lease?.id) {
      if (before.lease) this.leased.write(before.lease.id, null)
      if (lease) this.leased.write(lease.id, id)
    }
    this.records.write(record.task.id, { record, log_total: this.records.get(record.task.id)?.log_total ?? 0 })
  }

  relink (record: TaskRecord, before: TaskRecord): void {
    this.update(record, before)
    this.#link(record.task.id, record.task.depends_on.filter((id) => !before.task.depends_on.includes(id)))
  }

  addIdempotent (idempotency: Idempotency, taskId: string): void {
    const { scope, key, input_hash: hash } = idempotency
    this.idempotents.write(JSON.stringify([scope, key]), { task_id: taskId, input_hash: hash })
    this.newIdempotents.add({ ...idempotency, task_id: taskId })
  }

  touchBatch (batchId: string): void {
    this.touched.write(batchId, true)
  }

  closeBatch (batchId: string): void {
    this.closed.add(batchId)
  }

  forgetBatches (before: Date): void {
    this.forgottenBatches.add(before)
  }

  writeApproval (approval: Approval): void {
    this.approvals.add(approval)
    const newest = this.newestApproval.get(approval.task_id)
    if (!newest || approval.created_at >= newest.created_at) this.newestApproval.write(approval.task_id, approval)
  }

  appendLog (taskId: string, lines: readonly LogLine[]): TaskLog {
    const stored = this.records.get(taskId)
    if (!stored) throw new RangeError(`there is no task ${taskId} to keep a log of`)
    const from = stored.log_total
    const total = from + lines.length
    this.logs.add(...lines.map((line, index) => ({ task_id: taskId, n: from + index, doc: JSON.stringify(line) })))
    this.records.write(taskId, { ...stored, log_total: total })
    if (total > keptLogLines) this.trimmedLogs.add({ task_id: taskId, below: total - keptLogLines })
    return { task_id: taskId, from, lines: [...lines], total }
  }

  writeJournal (taskId: string, entries: readonly JournalEntry[]): void {
    const texts = entries.map(({ key, value }): [string, string] => [key, journalText(value)])
    for (const [key, text] of texts) this.journal.write(JSON.stringify([taskId, key]), text)
    this.lengths.write(taskId, new Map([...this.journalLengths(taskId), ...texts.map(([key, text]): [string, number] => [key, Buffer.byteLength(text)])]))
  }

  clearJournal (taskId: string, kept: string): void {
    this.clearedJournals.add({ task_id: taskId, kept })
    this.lengths.write(taskId, new Map([...this.journalLengths(taskId)].filter(([key]) => key.startsWith(kept))))
    for (const [place] of this.journal.written()) {
      const [id, key] = JSON.parse(place) as [string, string]
      if (id === taskId && !key.startsWith(kept)) this.journal.write(place, null)
    }
  }

  writeMaster (master: KnownMaster): void {
    this.newMasters.add(master)
  }

  dropAudit (through: AuditHead): void {
    this.droppedAudit.add(through)
  }

  archiveLog (taskId: string, lines: ReadonlyArray<{ n: number, doc: string }>): void {
    this.archivedLogs.add({ task_id: taskId, lines })
  }

  archive (day: string, tasks: readonly ArchivedTask[], keys: readonly IdempotencyKey[]): void {
    this.archives.add({ day, tasks, keys })
  }

  #link (id: string, dependsOn: readonly string[]): void {
    for (const needs of dependsOn) this.newlyNeeding.write(needs, [...this.#newlyNeeding(needs), id])
  }

  #newlyNeeding (id: string): readonly string[] {
    return this.newlyNeeding.has(id) ? this.newlyNeeding.get(id) : []
  }

  #insertedRecords (): TaskRecord[] {
    return this.inserted.values.map((id) => this.record(id)).filter((record) => record !== null)
  }

  #search<Found> (what: string, ...given: readonly unknown[]): Found {
    return this.searches.get(JSON.stringify([what, ...given])) as Found
  }
}
