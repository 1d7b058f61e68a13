import { nothingUsed, type Approval, type JournalEntry, type Task, type TaskEvent, type TaskLog, type Usage } from '@cortex/contracts'
import type { SQLInputValue } from 'node:sqlite'
import type { QuietBounds } from '../../domain/quiet.ts'
import type { TaskRecord } from '../../domain/record.ts'
import { findInArchivePart, unpackLog } from '../archive-part.ts'
import { readCursor } from '../cursor.ts'
import { joinLog, type LogPiece } from '../log-pieces.ts'
import { cutPage, type ListedRow } from '../page.ts'
import type { ApprovalFilter, ArchivedTask, Backlog, TaskCount, TaskFilter } from '../task-store.ts'
import type { Database } from './database.ts'
import type { SqliteRows } from './sqlite-rows.ts'
import { listedColumns, TitleIndex } from './title-index.ts'

/** What is read and not changed. */
export class Queries {
  readonly #db: Database
  readonly #rows: SqliteRows
  readonly #titles: TitleIndex

  constructor (db: Database, rows: SqliteRows) {
    this.#db = db
    this.#rows = rows
    this.#titles = new TitleIndex(db)
  }

  get (ids: readonly string[]): Task[] {
    return ids.flatMap((id) => this.#rows.record(id)?.task ?? this.#archived(id)?.task ?? [])
  }

  list ({ limit, cursor, text, ...equal }: TaskFilter): { tasks: Task[], next_cursor: string | null } {
    const conditions: string[] = []
    const values: string[] = []
    for (const [column, value] of Object.entries(equal)) {
      if (value === undefined) continue
      // Where a status is asked for as well, its index is the shorter one: most categories are large, most statuses are not.
      conditions.push(column === 'category' && equal.status !== undefined && equal.status !== 'completed' ? '+category = ?' : `${column} = ?`)
      values.push(value)
    }
    // Sub-tasks show only where they are asked for.
    if (equal.parent_id === undefined) conditions.push('parent_id IS NULL')
    if (cursor !== undefined) conditions.push(`n < ${readCursor(cursor)}`)
    const all = conditions.join(' AND ') || 'true'
    const rows = text === undefined
      ? this.#db.all<ListedRow>(`SELECT ${listedColumns} FROM tasks t WHERE ${all} ORDER BY n DESC LIMIT ${limit + 1}`, ...values)
      : this.#titles.find(text, all, values, limit + 1)
    const { page, next_cursor: next } = cutPage(rows, limit)
    return { tasks: this.#rows.records('SELECT fixed, state FROM tasks WHERE n IN (SELECT value FROM json_each(?)) ORDER BY n DESC', JSON.stringify(page.map(({ n }) => n))).map(({ task }) => task), next_cursor: next }
  }

  busy (): TaskRecord[] {
    return this.#rows.records('SELECT fixed, state FROM tasks WHERE busy = 1')
  }

  approvals ({ id, status, conversation_id: conversationId, task_ids: taskIds, limit }: ApprovalFilter): Approval[] {
    const conditions: string[] = []
    const values: SQLInputValue[] = []
    for (const [column, value] of Object.entries({ id, status, conversation_id: conversationId })) {
      if (value === undefined) continue
      conditions.push(`${column} = ?`)
      values.push(value)
    }
    if (taskIds) {
      conditions.push('task_id IN (SELECT value FROM json_each(?))')
      values.push(JSON.stringify(taskIds))
    }
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    return this.#db.all<{ doc: string }>(`SELECT doc FROM approvals ${where} ORDER BY n DESC LIMIT ${limit}`, ...values).map(({ doc }) => JSON.parse(doc) as Approval)
  }

  journal (taskId: string, most: number): { entries: JournalEntry[], bytes: number } | null {
    const bytes = this.#db.one<{ bytes: number }>('SELECT coalesce(sum(octet_length(value)), 0) AS bytes FROM journal WHERE task_id = ?', taskId)?.bytes ?? 0
    if (bytes > most) return null
    const rows = this.#db.all<{ key: string, value: string }>('SELECT key, value FROM journal WHERE task_id = ? ORDER BY n', taskId)
    return { bytes, entries: rows.map(({ key, value }) => ({ key, value: JSON.parse(value) as unknown })) }
  }

  log (taskId: string, from: number, limit: number): TaskLog {
    const archived = this.#archived(taskId)
    const total = archived?.log_total ?? this.#rows.logTotal(taskId)
    return joinLog(taskId, this.#logPieces(taskId, from, limit, archived), { from, limit, total })
  }

  eventsAfter (seq: number, limit: number, taskId?: string): TaskEvent[] | null {
    const oldest = this.#db.one<{ seq: number | null }>('SELECT min(seq) AS seq FROM events')?.seq ?? this.lastSeq() + 1
    if (seq < oldest - 1) return null
    const rows = this.#db.all<{ seq: number, type: TaskEvent['type'], at: string, task_id: string, approval_id: string | null }>(
      `SELECT seq, type, at, task_id, approval_id FROM events WHERE seq > ? ${taskId === undefined ? '' : 'AND task_id = ?'} ORDER BY seq LIMIT ?`,
      ...(taskId === undefined ? [seq, limit] : [seq, taskId, limit]))
    return rows.flatMap(({ approval_id: approvalId, ...event }) => {
      const task = this.#rows.record(event.task_id)?.task
      const approval = approvalId === null ? undefined : this.approvals({ id: approvalId, limit: 1 })[0]
      return task ? [{ ...event, task, ...(approval && { approval }) }] : []
    })
  }

  lastSeq (): number {
    return this.#db.one<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'events'")?.seq ?? 0
  }

  quietBatches ({ before, after }: QuietBounds): string[] {
    return this.#db.all<{ id: string }>('SELECT id FROM batches WHERE closed = 0 AND (touched < ? OR touched > ?) LIMIT 100', before.getTime(), after.getTime()).map(({ id }) => id)
  }

  counts (): TaskCount[] {
    return this.#db.all<TaskCount>('SELECT * FROM counts WHERE tasks > 0')
  }

  backlog (): Backlog {
    const masters = this.#db.all<{ master: string }>("SELECT DISTINCT master FROM counts WHERE status = 'queued' AND tasks > 0")
    const queued = masters.flatMap(({ master }) => {
      const since = this.#db.one<{ since: string | null }>(`SELECT min(json_extract(state, '$.task.metadata.updated_at')) AS since FROM (
        SELECT state FROM tasks INDEXED BY tasks_ready WHERE master = ? AND ready = 1 AND busy = 0 AND status = 'queued' ORDER BY rank LIMIT 100)`, master)?.since
      return since == null ? [] : [{ master, since }]
    })
    const pending = this.#db.one<{ approvals: number, since: string | null }>(`SELECT count(*) AS approvals,
      (SELECT json_extract(doc, '$.created_at') FROM approvals WHERE status = 'pending' ORDER BY n LIMIT 1) AS since FROM approvals WHERE status = 'pending'`)
    return { queued, approvals: pending?.approvals ?? 0, approvalSince: pending?.since ?? null }
  }

  spent ({ batch_id: batch, conversation_id: conversation }: Pick<Task, 'batch_id' | 'conversation_id'>): { batch: Usage | null, conversation: Usage | null } {
    const find = (scope: string, id: string | null) => id === null ? null : this.#db.one<Usage>('SELECT input_tokens, output_tokens, cost_usd FROM spending WHERE scope = ? AND id = ?', scope, id) ?? null
    return { batch: find('batch', batch), conversation: find('conversation', conversation) }
  }

  spentByFamily (id: string): Usage {
    const sum = (field: string) => `coalesce(sum(json_extract(state, '$.task.usage.${field}')), 0) AS ${field}`
    return this.#db.one<Usage>(`SELECT ${sum('input_tokens')}, ${sum('output_tokens')}, ${sum('cost_usd')} FROM tasks WHERE id = ?1 OR parent_id = ?1`, id) ?? nothingUsed
  }

  locate (ids: readonly string[]): Map<string, 'stored' | 'archived'> {
    const found = (table: string) => this.#db.all<{ id: string }>(`SELECT id FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`, JSON.stringify(ids))
    return new Map([...found('archived_tasks').map(({ id }) => [id, 'archived'] as const), ...found('tasks').map(({ id }) => [id, 'stored'] as const)])
  }

  ids (before: string | null, limit: number): Array<{ id: string, rev: number }> {
    return this.#db.all<{ id: string, rev: number }>(`SELECT id, json_extract(state, '$.task.rev') AS rev FROM tasks
      ${before === null ? '' : 'WHERE n < (SELECT n FROM tasks WHERE id = ?)'} ORDER BY n DESC LIMIT ${limit}`, ...before === null ? [] : [before])
  }

  #archived (id: string): ArchivedTask | undefined {
    const row = this.#db.one<{ body: Uint8Array }>('SELECT body FROM archived_tasks JOIN archive USING (part) WHERE id = ?', id)
    return row && findInArchivePart(row.body, [id])[0]
  }

  /** Read one by one, as far as the page reaches. */
  * #logPieces (taskId: string, from: number, limit: number, archived: ArchivedTask | undefined): Generator<LogPiece> {
    const start = `max(${from}, coalesce((SELECT min(n) FROM archived_logs WHERE task_id = ?1), 0))`
    const pieces = this.#db.all<{ n: number }>(`SELECT n FROM archived_logs WHERE task_id = ?1 AND n + lines > ${start} AND n < ${start} + ${limit} ORDER BY n`, taskId)
    for (const { n } of pieces) {
      const row = this.#db.one<{ body: Uint8Array }>('SELECT body FROM archived_logs WHERE task_id = ? AND n = ?', taskId, n)
      if (row) yield { n, lines: unpackLog(row.body) }
    }
    if (archived) yield { n: archived.log_total - archived.log.length, lines: archived.log }
    else {
      const { from: n, lines } = this.#rows.log(taskId, from, limit)
      yield { n, lines }
    }
  }
}
