import type { Approval, AuditHead, Category, JournalEntry, LogLine, TaskLog } from '@cortex/contracts'
import type { Candidate } from '../../domain/admission.ts'
import { journalText } from '../../domain/journal.ts'
import type { NamedTask, TaskRecord } from '../../domain/record.ts'
import type { QuietBounds } from '../../domain/quiet.ts'
import { longestRetryWait } from '../../domain/retry.ts'
import type { KnownMaster } from '../../domain/routing.ts'
import { packArchivePart, packLog } from '../archive-part.ts'
import { orderDependents } from '../order-dependents.ts'
import { dueOf, endedOf, fixedPart, statePart, toRecord, type RecordTexts } from '../record-row.ts'
import type { Archivable, BusyTask, Rows } from '../rows.ts'
import { keptLogLines, turnScope, type ArchivedTask, type Idempotency, type IdempotencyKey, type Spending, type TaskCount } from '../task-store.ts'
import { AuditTable } from './audit-table.ts'
import type { Database } from './database.ts'
import type { LeaseClock } from './lease-clock.ts'
import { TitleIndex } from './title-index.ts'

/** Tasks and what belongs to them, as rows. Reads work on any connection; writes belong into a transaction. */
export class SqliteRows implements Rows {
  readonly #db: Database
  readonly #leases: LeaseClock
  readonly #titles: TitleIndex
  readonly #audit: AuditTable

  constructor (db: Database, leases: LeaseClock) {
    this.#db = db
    this.#leases = leases
    this.#titles = new TitleIndex(db)
    this.#audit = new AuditTable(db)
  }

  record (id: string): TaskRecord | null {
    const row = this.#db.one<RecordTexts>('SELECT fixed, state FROM tasks WHERE id = ?', id)
    return row ? toRecord(row) : null
  }

  lookUpEach<Item, Found> (items: readonly Item[], lookUp: (item: Item) => Found): Found[] {
    return items.map(lookUp)
  }

  isArchived (id: string): boolean {
    return this.#db.one('SELECT 1 FROM archived_tasks WHERE id = ?', id) !== undefined
  }

  dependents (ids: readonly string[]): TaskRecord[] {
    // A set of ids and not of paths, of which a dense graph has more than can be counted.
    const edges = this.#db.all<{ needs: string, task_id: string }>(`
      WITH RECURSIVE reached (id) AS (
        SELECT value FROM json_each(?)
        UNION SELECT task_id FROM dependencies JOIN reached ON needs = id
      )
      SELECT needs, task_id FROM reached JOIN dependencies ON needs = id`, JSON.stringify(ids))
    const dependents = Map.groupBy(edges, ({ needs }) => needs)
    return orderDependents(ids, (id) => dependents.get(id)?.map((edge) => edge.task_id) ?? []).map((id) => this.record(id)).filter((record) => record !== null)
  }

  approvalOf (taskId: string): Approval | null {
    const row = this.#db.one<{ doc: string }>('SELECT doc FROM approvals WHERE task_id = ? ORDER BY n DESC LIMIT 1', taskId)
    return row ? JSON.parse(row.doc) as Approval : null
  }

  named (ids: readonly string[]): Map<string, NamedTask> {
    const named = new Map<string, NamedTask>()
    for (const id of ids) {
      const row = this.#db.one<NamedTask>('SELECT title, status FROM tasks WHERE id = ?', id) ?? this.#archivedName(id)
      if (row) named.set(id, row)
    }
    return named
  }

  leasedTask (leaseId: string): string | null {
    return this.#leases.taskOf(leaseId)
  }

  idempotent ({ scope, key }: Idempotency): { task_id: string, input_hash: string } | null {
    return this.#db.one<{ task_id: string, input_hash: string }>('SELECT task_id, input_hash FROM idempotency WHERE scope = ? AND key = ?', scope, key) ?? null
  }

  batchRefs (batchId: string, names: readonly string[]): Map<string, string> {
    return new Map(names.flatMap((name): Array<[string, string]> => {
      const row = this.#db.one<{ id: string }>('SELECT id FROM tasks WHERE batch_id = ? AND ref = ? ORDER BY n DESC LIMIT 1', batchId, name)
      return row ? [[name, row.id]] : []
    }))
  }

  batchRecords (batchId: string): TaskRecord[] {
    return this.records('SELECT fixed, state FROM tasks WHERE batch_id = ? ORDER BY n', batchId)
  }

  waitingForRef (batchId: string, ref: string): TaskRecord[] {
    return this.records('SELECT fixed, state FROM tasks JOIN missing_refs m ON m.task_id = tasks.id WHERE m.batch_id = ? AND m.ref = ?', batchId, ref)
  }

  candidates (masters: readonly string[], perMaster: number): Candidate[] {
    const ranked = masters.flatMap((master) => this.#db.all<Candidate & { rank: number }>(`SELECT id, master, target, rank FROM tasks WHERE ready = 1 AND busy = 0 AND master = ?
      AND (target IS NULL OR target NOT IN (SELECT target FROM tasks WHERE busy = 1 AND target IS NOT NULL)) ORDER BY rank LIMIT ?`, master, perMaster))
    return ranked.sort((a, b) => a.rank - b.rank)
  }

  busy (): BusyTask[] {
    return this.#db.all<BusyTask>('SELECT id, master, target, title FROM tasks WHERE busy = 1')
  }

  queuedOn (targets: readonly string[], limit: number): TaskRecord[] {
    // The plus keeps SQLite from going through all tasks of that status by its index, at each admission.
    return this.records(`SELECT fixed, state FROM tasks WHERE ready = 1 AND busy = 0 AND +status = 'queued' AND target IN (SELECT value FROM json_each(?)) LIMIT ${limit}`, JSON.stringify(targets))
  }

  lockedOn (targets: readonly string[], perTarget: number): TaskRecord[] {
    return targets.flatMap((target) => this.records(`SELECT fixed, state FROM tasks WHERE n IN (
      SELECT n FROM tasks WHERE ready = 1 AND busy = 0 AND +status = 'waiting' AND target = ? ORDER BY rank LIMIT ${perTarget})`, target))
  }

  due (now: Date, limit: number): TaskRecord[] {
    const due = (condition: string) => this.records(`SELECT fixed, state FROM tasks WHERE due IS NOT NULL AND ${condition} ORDER BY due LIMIT ${limit}`)
    return [...due(`due <= ${now.getTime()}`), ...due(`json_extract(state, '$.task.attempt') > 0 AND due > ${now.getTime() + longestRetryWait}`)]
  }

  orphans ({ before, after }: QuietBounds, limit: number): TaskRecord[] {
    const at = "json_extract(state, '$.task.metadata.updated_at')"
    return this.records(`SELECT fixed, state FROM tasks WHERE busy = 1 AND json_extract(state, '$.lease') IS NULL AND (${at} < ? OR ${at} > ?) LIMIT ${limit}`, before.toISOString(), after.toISOString())
  }

  waitingFor (master: string, category: Category, limit: number): TaskRecord[] {
    return this.records(`SELECT fixed, state FROM tasks WHERE category = ? AND master = ? AND busy = 0 AND ended IS NULL LIMIT ${limit}`, category, master)
  }

  archivable (before: Date, limit: number, countedLines: number): Archivable[] {
    const sum = (column: string, table: string) => `coalesce((SELECT sum(octet_length(${column})) FROM ${table} WHERE task_id = found.id), 0)`
    return this.#db.all<Archivable>(`SELECT id, ended, lines, CASE WHEN lines <= ${countedLines} THEN octet_length(fixed) + octet_length(state)
      + ${sum('doc', 'approvals')} + ${sum('doc', 'logs')} + ${sum('value', 'journal')} END AS size FROM (
        SELECT id, ended, fixed, state, log_total - coalesce((SELECT min(n) FROM logs WHERE task_id = tasks.id), log_total) AS lines FROM tasks WHERE ended IS NOT NULL AND ended < ${before.getTime()}
          AND NOT EXISTS (SELECT 1 FROM dependencies d JOIN tasks needing ON needing.id = d.task_id WHERE d.needs = tasks.id AND needing.ended IS NULL)
          AND NOT EXISTS (SELECT 1 FROM tasks whole WHERE whole.id = tasks.parent_id) ORDER BY ended LIMIT ${limit}
      ) found ORDER BY ended`)
  }

  masters (): KnownMaster[] {
    return this.#db.all<{ doc: string }>('SELECT doc FROM masters ORDER BY id').map(({ doc }) => JSON.parse(doc) as KnownMaster)
  }

  droppableAudit (before: string, limit: number): AuditHead | null {
    return this.#audit.droppable(before, limit)
  }

  oldestLog (taskId: string, limit: number): Array<{ n: number, doc: string }> {
    return this.#db.all('SELECT n, doc FROM logs WHERE task_id = ? ORDER BY n LIMIT ?', taskId, limit)
  }

  journalLengths (taskId: string): Map<string, number> {
    return new Map(this.#db.all<{ key: string, length: number }>('SELECT key, octet_length(value) AS length FROM journal WHERE task_id = ?', taskId).map(({ key, length }) => [key, length]))
  }

  belongings (taskId: string): { approvals: Approval[], log: LogLine[], log_total: number } {
    const approvals = this.#db.all<{ doc: string }>('SELECT doc FROM approvals WHERE task_id = ? ORDER BY n', taskId).map(({ doc }) => JSON.parse(doc) as Approval)
    const { lines: log, total } = this.log(taskId, 0, keptLogLines)
    return { approvals, log, log_total: total }
  }

  insert (record: TaskRecord): void {
    const { task } = record
    this.#db.run(`INSERT INTO tasks (id, status, category, master, rank, ready, busy, target, due, ended, ref, batch_id, conversation_id, parent_id, title, fixed, state)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    task.id, task.status, task.payload.category, task.assigned_to, record.rank, Number(record.ready), Number(record.dispatched), task.target, dueOf(record), endedOf(record),
    task.ref, task.batch_id, task.conversation_id, task.parent_id, task.payload.title, fixedPart(task), statePart(record))
    this.#link(record)
  }

  update (record: TaskRecord): void {
    const { task } = record
    this.#db.run('UPDATE tasks SET status = ?, master = ?, rank = ?, ready = ?, busy = ?, due = ?, ended = ?, state = ? WHERE id = ?',
      task.status, task.assigned_to, record.rank, Number(record.ready), Number(record.dispatched), dueOf(record), endedOf(record), statePart(record), task.id)
  }

  relink (record: TaskRecord): void {
    this.#db.run('DELETE FROM missing_refs WHERE batch_id = ? AND task_id = ?', record.task.batch_id, record.task.id)
    this.update(record)
    this.#link(record)
  }

  addIdempotent ({ scope, key, input_hash: hash }: Idempotency, taskId: string): void {
    this.#db.run('INSERT INTO idempotency (scope, key, input_hash, task_id) VALUES (?, ?, ?, ?)', scope, key, hash, taskId)
  }

  touchBatch (batchId: string, now: Date): void {
    this.#db.run('INSERT INTO batches (id, touched, closed) VALUES (?, ?, 0) ON CONFLICT (id) DO UPDATE SET touched = excluded.touched, closed = 0', batchId, now.getTime())
  }

  closeBatch (batchId: string): void {
    this.#db.run('UPDATE batches SET closed = 1 WHERE id = ?', batchId)
    this.#db.run('DELETE FROM missing_refs WHERE batch_id = ?', batchId)
  }

  forgetBatches (before: Date): void {
    this.#db.run('DELETE FROM batches WHERE closed = 1 AND touched < ?', before.getTime())
    // The turns that were counted go with the sum they are in.
    this.#db.run("DELETE FROM idempotency WHERE scope = ? AND task_id IN (SELECT id FROM spending WHERE scope = 'conversation' AND touched < ?)", turnScope, before.getTime())
    this.#db.run('DELETE FROM spending WHERE touched < ?', before.getTime())
  }

  writeApproval (approval: Approval): void {
    this.#db.run(`INSERT INTO approvals (id, task_id, conversation_id, status, doc) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET status = excluded.status, doc = excluded.doc`,
    approval.id, approval.task_id, approval.conversation_id, approval.status, JSON.stringify(approval))
  }

  appendLog (taskId: string, lines: readonly LogLine[]): TaskLog {
    const from = this.logTotal(taskId)
    for (const [index, line] of lines.entries()) this.#db.run('INSERT INTO logs (task_id, n, doc) VALUES (?, ?, ?)', taskId, from + index, JSON.stringify(line))
    const total = from + lines.length
    this.#db.run('UPDATE tasks SET log_total = ? WHERE id = ?', total, taskId)
    if (total > keptLogLines) this.#db.run('DELETE FROM logs WHERE task_id = ? AND n < ?', taskId, total - keptLogLines)
    return { task_id: taskId, from, lines: [...lines], total }
  }

  log (taskId: string, from: number, limit: number): TaskLog {
    const rows = this.#db.all<{ n: number, doc: string }>('SELECT n, doc FROM logs WHERE task_id = ? AND n >= ? ORDER BY n LIMIT ?', taskId, from, limit)
    return { task_id: taskId, from: rows[0]?.n ?? from, lines: rows.map(({ doc }) => JSON.parse(doc) as LogLine), total: this.logTotal(taskId) }
  }

  writeJournal (taskId: string, entries: readonly JournalEntry[]): void {
    for (const { key, value } of entries) {
      this.#db.run('INSERT INTO journal (task_id, key, value) VALUES (?, ?, ?) ON CONFLICT (task_id, key) DO UPDATE SET value = excluded.value',
        taskId, key, journalText(value))
    }
  }

  clearJournal (taskId: string, kept: string): void {
    this.#db.run('DELETE FROM journal WHERE task_id = ? AND substr(key, 1, length(?)) <> ?', taskId, kept, kept)
  }

  writeMaster (master: KnownMaster): void {
    this.#db.run('INSERT INTO masters (id, doc) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc', master.id, JSON.stringify(master))
  }

  dropAudit (through: AuditHead): void {
    this.#audit.drop(through)
  }

  addCounts (changes: readonly TaskCount[]): void {
    for (const { status, category, master, tasks, sub_tasks: parts, input_tokens: input, output_tokens: output, cost_usd: cost } of changes) {
      this.#db.run(`INSERT INTO counts (status, category, master, tasks, sub_tasks, input_tokens, output_tokens, cost_usd) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET tasks = tasks + excluded.tasks, sub_tasks = sub_tasks + excluded.sub_tasks, input_tokens = input_tokens + excluded.input_tokens,
        output_tokens = output_tokens + excluded.output_tokens, cost_usd = cost_usd + excluded.cost_usd`, status, category, master, tasks, parts, input, output, cost)
    }
  }

  addSpending (changes: readonly Spending[]): void {
    for (const { scope, id, touched, input_tokens: input, output_tokens: output, cost_usd: cost } of changes) {
      this.#db.run(`INSERT INTO spending (scope, id, touched, input_tokens, output_tokens, cost_usd) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET touched = excluded.touched, input_tokens = input_tokens + excluded.input_tokens,
        output_tokens = output_tokens + excluded.output_tokens, cost_usd = cost_usd + excluded.cost_usd`, scope, id, touched, input, output, cost)
    }
  }

  archiveLog (taskId: string, lines: ReadonlyArray<{ n: number, doc: string }>): void {
    const [first, last] = [lines[0]?.n ?? 0, lines.at(-1)?.n ?? 0]
    this.#db.run('INSERT INTO archived_logs (task_id, n, lines, body) VALUES (?, ?, ?, ?)', taskId, first, lines.length, packLog(lines.map(({ doc }) => doc)))
    this.#db.run('DELETE FROM logs WHERE task_id = ? AND n <= ?', taskId, last)
  }

  archive (day: string, tasks: readonly ArchivedTask[], keys: readonly IdempotencyKey[]): void {
    const part = this.#db.run('INSERT INTO archive (day, body) VALUES (?, ?)', day, packArchivePart(tasks))
    // All events up to theirs, which are as old: with a gap, a reader that comes back could not be told what it missed.
    this.#db.run('DELETE FROM events WHERE seq <= (SELECT max(seq) FROM events WHERE task_id IN (SELECT value FROM json_each(?)))', JSON.stringify(tasks.map(({ task }) => task.id)))
    for (const { scope, key } of keys) this.#db.run('DELETE FROM idempotency WHERE scope = ? AND key = ?', scope, key)
    for (const { task: { id, payload, status } } of tasks) {
      this.#db.run('INSERT INTO archived_tasks (id, title, status, part) VALUES (?, ?, ?, ?)', id, payload.title, status, part)
      this.#titles.remove(this.#db.one<{ n: number }>('SELECT n FROM tasks WHERE id = ?', id)?.n ?? 0)
      for (const table of ['approvals', 'logs', 'journal', 'dependencies', 'missing_refs']) this.#db.run(`DELETE FROM ${table} WHERE task_id = ?`, id)
      this.#db.run('DELETE FROM dependencies WHERE needs = ?', id)
      this.#db.run('DELETE FROM tasks WHERE id = ?', id)
    }
  }

  records (sql: string, ...values: string[]): TaskRecord[] {
    return this.#db.all<RecordTexts>(sql, ...values).map(toRecord)
  }

  #archivedName (id: string): NamedTask | undefined {
    const row = this.#db.one<NamedTask>('SELECT title, status FROM archived_tasks WHERE id = ?', id)
    return row && { ...row, archived: true }
  }

  #link ({ task, missing_refs: missing }: TaskRecord): void {
    for (const needs of task.depends_on) this.#db.run('INSERT OR IGNORE INTO dependencies (needs, task_id) VALUES (?, ?)', needs, task.id)
    for (const ref of missing) this.#db.run('INSERT OR IGNORE INTO missing_refs (batch_id, ref, task_id) VALUES (?, ?, ?)', task.batch_id, ref, task.id)
  }

  logTotal (taskId: string): number {
    return this.#db.one<{ log_total: number }>('SELECT log_total FROM tasks WHERE id = ?', taskId)?.log_total ?? 0
  }
}
