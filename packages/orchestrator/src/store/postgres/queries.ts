import { nothingUsed, type Approval, type AuditHead, type JournalEntry, type LogLine, type Task, type TaskEvent, type TaskLog, type Usage } from '@cortex/contracts'
import { genesis } from '../../audit/chain.ts'
import type { TaskRecord } from '../../domain/record.ts'
import type { KnownMaster } from '../../domain/routing.ts'
import { findInArchivePart, unpackLog } from '../archive-part.ts'
import { readCursor } from '../cursor.ts'
import { joinLog } from '../log-pieces.ts'
import { cutPage, type ListedRow } from '../page.ts'
import { toRecord, type RecordTexts } from '../record-row.ts'
import type { ApprovalFilter, ArchivedTask, AuditFilter, Backlog, StoredAuditLine, TaskCount, TaskFilter } from '../task-store.ts'
import { databaseClock } from './database-clock.ts'
import { dueBounds, isDue } from './due.ts'
import { eventColumns, toEvent } from './event-feed.ts'
import type { Connection } from './postgres.ts'

/** Conditions and the values their placeholders stand for. */
class Where {
  readonly values: unknown[] = []
  readonly #conditions: string[] = []

  /** @param condition its `?` stands for the value */
  add (condition: string, ...values: readonly unknown[]): void {
    let next = this.values.length
    this.#conditions.push(condition.replaceAll('?', () => `$${++next}`))
    this.values.push(...values)
  }

  addEqual (columns: Readonly<Record<string, unknown>>): void {
    for (const [column, value] of Object.entries(columns)) if (value !== undefined) this.add(`${column} = ?`, value)
  }

  get text (): string {
    return this.#conditions.length > 0 ? `WHERE ${this.#conditions.join(' AND ')}` : ''
  }
}

/** What is read and not changed. */
export class Queries {
  readonly #connection: Connection

  constructor (connection: Connection) {
    this.#connection = connection
  }

  async get (ids: readonly string[]): Promise<Task[]> {
    const rows = await this.#connection.query<RecordTexts & { id: string }>('SELECT id, fixed, state FROM cortex.tasks WHERE id = ANY($1)', [ids])
    const found = new Map(rows.map(({ id, ...texts }) => [id, toRecord(texts).task]))
    for (const { task } of await this.#archived(ids.filter((id) => !found.has(id)))) found.set(task.id, task)
    return ids.flatMap((id) => found.get(id) ?? [])
  }

  async list ({ limit, cursor, text, ...equal }: TaskFilter): Promise<{ tasks: Task[], next_cursor: string | null }> {
    const where = new Where()
    where.addEqual(equal)
    // Sub-tasks show only where they are asked for.
    if (equal.parent_id === undefined) where.add('parent_id IS NULL')
    if (text !== undefined) where.add('(title ~* ? OR id = ?)', patternOf(text), text)
    if (cursor !== undefined) where.add('n < ?', readCursor(cursor))
    const rows = await this.#connection.query<ListedRow & { id: string }>(`SELECT n, id, length(fixed) + length(state) AS length FROM cortex.tasks ${where.text} ORDER BY n DESC LIMIT ${limit + 1}`, where.values)
    const { page, next_cursor: next } = cutPage(rows, limit)
    return { tasks: await this.get(page.map(({ id }) => id)), next_cursor: next }
  }

  async busy (): Promise<TaskRecord[]> {
    return (await this.#connection.query<RecordTexts>('SELECT fixed, state FROM cortex.tasks WHERE busy')).map(toRecord)
  }

  async approvals ({ id, status, conversation_id: conversationId, task_ids: taskIds, limit }: ApprovalFilter): Promise<Approval[]> {
    const where = new Where()
    where.addEqual({ id, status, conversation_id: conversationId })
    if (taskIds) where.add('task_id = ANY(?)', taskIds)
    return (await this.#connection.query<{ doc: string }>(`SELECT doc FROM cortex.approvals ${where.text} ORDER BY n DESC LIMIT ${limit}`, where.values)).map(({ doc }) => JSON.parse(doc) as Approval)
  }

  async journal (taskId: string, most: number): Promise<{ entries: JournalEntry[], bytes: number } | null> {
    const [{ bytes } = { bytes: 0 }] = await this.#connection.query<{ bytes: number }>('SELECT coalesce(sum(octet_length(value)), 0) AS bytes FROM cortex.journal WHERE task_id = $1', [taskId])
    if (bytes > most) return null
    const rows = await this.#connection.query<{ key: string, value: string }>('SELECT key, value FROM cortex.journal WHERE task_id = $1 ORDER BY n', [taskId])
    return { bytes, entries: rows.map(({ key, value }) => ({ key, value: JSON.parse(value) as unknown })) }
  }

  async log (taskId: string, from: number, limit: number): Promise<TaskLog> {
    const [task] = await this.#connection.query<{ log_total: number }>('SELECT log_total FROM cortex.tasks WHERE id = $1', [taskId])
    const archived = task ? undefined : (await this.#archived([taskId]))[0]
    const earlier = await this.#connection.query<{ n: number, body: Uint8Array }>(`
      SELECT n, body FROM cortex.archived_logs, (SELECT greatest($2::bigint, (SELECT min(n) FROM cortex.archived_logs WHERE task_id = $1)) AS start) page
        WHERE task_id = $1 AND n + lines > start AND n < start + $3 ORDER BY n`, [taskId, from, limit])
    const rows = archived ? [] : await this.#connection.query<{ n: number, doc: string }>('SELECT n, doc FROM cortex.logs WHERE task_id = $1 AND n >= $2 ORDER BY n LIMIT $3', [taskId, from, limit])
    const rest = archived ? { n: archived.log_total - archived.log.length, lines: archived.log } : { n: rows[0]?.n ?? from, lines: rows.map(({ doc }) => JSON.parse(doc) as LogLine) }
    const pieces = [...earlier.map(({ n, body }) => ({ n, lines: unpackLog(body) })), rest]
    return joinLog(taskId, pieces, { from, limit, total: archived?.log_total ?? task?.log_total ?? 0 })
  }

  async eventsAfter (seq: number, limit: number, taskId?: string): Promise<TaskEvent[] | null> {
    const [oldest] = await this.#connection.query<{ seq: number }>('SELECT coalesce((SELECT min(seq) FROM cortex.events), last_seq + 1) AS seq FROM cortex.heads')
    if (oldest && seq < oldest.seq - 1) return null
    return (await this.#connection.query<Parameters<typeof toEvent>[0]>(`SELECT ${eventColumns} WHERE e.seq > $1 AND ($3::text IS NULL OR e.task_id = $3) ORDER BY e.seq LIMIT $2`, [seq, limit, taskId])).map(toEvent)
  }

  async lastSeq (): Promise<number> {
    return (await this.#connection.query<{ last_seq: number }>('SELECT last_seq FROM cortex.heads'))[0]?.last_seq ?? 0
  }

  async quietBatches (quiet: number): Promise<string[]> {
    return (await this.#connection.query<{ id: string }>(`WITH clock AS (SELECT ${databaseClock} AS now)
      SELECT id FROM cortex.batches, clock WHERE NOT closed AND (touched < now - $1 OR touched > now + $1) LIMIT 100`, [quiet])).map(({ id }) => id)
  }

  async counts (): Promise<TaskCount[]> {
    return await this.#connection.query<TaskCount>('SELECT status, category, master, tasks, sub_tasks, input_tokens, output_tokens, cost_usd FROM cortex.counts WHERE tasks > 0')
  }

  async backlog (): Promise<Backlog> {
    const [queued, pending] = await Promise.all([
      this.#connection.query<{ master: string, since: string }>(`SELECT master, since FROM (SELECT DISTINCT master FROM cortex.counts WHERE status = 'queued' AND tasks > 0) m,
        LATERAL (SELECT min(substring(state FROM '"updated_at":"([^"]+)"')) AS since FROM (
          SELECT state FROM cortex.tasks t WHERE t.master = m.master AND ready AND NOT busy AND status = 'queued' ORDER BY rank LIMIT 100) first) oldest WHERE since IS NOT NULL`),
      this.#connection.query<{ approvals: number, since: string | null }>(`SELECT count(*)::int AS approvals,
        (SELECT substring(doc FROM '"created_at":"([^"]+)"') FROM cortex.approvals WHERE status = 'pending' ORDER BY n LIMIT 1) AS since FROM cortex.approvals WHERE status = 'pending'`)
    ])
    return { queued, approvals: pending[0]?.approvals ?? 0, approvalSince: pending[0]?.since ?? null }
  }

  async masters (): Promise<KnownMaster[]> {
    return (await this.#connection.query<{ doc: string }>('SELECT doc FROM cortex.masters ORDER BY id')).map(({ doc }) => JSON.parse(doc) as KnownMaster)
  }

  async spent ({ batch_id: batch, conversation_id: conversation }: Pick<Task, 'batch_id' | 'conversation_id'>): Promise<{ batch: Usage | null, conversation: Usage | null }> {
    const rows = await this.#connection.query<Usage & { scope: string }>(
      "SELECT scope, input_tokens, output_tokens, cost_usd FROM cortex.spending WHERE (scope = 'batch' AND id = $1) OR (scope = 'conversation' AND id = $2)", [batch, conversation])
    const find = (wanted: string): Usage | null => {
      const row = rows.find(({ scope }) => scope === wanted)
      return row ? { input_tokens: row.input_tokens, output_tokens: row.output_tokens, cost_usd: row.cost_usd } : null
    }
    return { batch: find('batch'), conversation: find('conversation') }
  }

  async spentByFamily (id: string): Promise<Usage> {
    const [sum] = await this.#connection.query<Usage>(`SELECT coalesce(sum((usage ->> 'input_tokens')::bigint), 0)::bigint AS input_tokens, coalesce(sum((usage ->> 'output_tokens')::bigint), 0)::bigint AS output_tokens,
      coalesce(sum((usage ->> 'cost_usd')::float8), 0) AS cost_usd FROM cortex.tasks, LATERAL (SELECT state::json #> '{task,usage}' AS usage) used WHERE id = $1 OR parent_id = $1`, [id])
    return sum ?? nothingUsed
  }

  async locate (ids: readonly string[]): Promise<Map<string, 'stored' | 'archived'>> {
    const rows = await this.#connection.query<{ id: string, place: 'stored' | 'archived' }>(
      "SELECT id, 'stored' AS place FROM cortex.tasks WHERE id = ANY($1) UNION ALL SELECT id, 'archived' FROM cortex.archived_tasks WHERE id = ANY($1)", [ids])
    return new Map(rows.map(({ id, place }) => [id, place]))
  }

  async ids (before: string | null, limit: number): Promise<Array<{ id: string, rev: number }>> {
    const where = new Where()
    if (before !== null) where.add('n < (SELECT n FROM cortex.tasks WHERE id = ?)', before)
    return await this.#connection.query<{ id: string, rev: number }>(`SELECT id, substring(state FROM '"rev":([0-9]+)')::int AS rev FROM cortex.tasks ${where.text} ORDER BY n DESC LIMIT ${limit}`, where.values)
  }

  async audit ({ after, limit, ...equal }: AuditFilter): Promise<StoredAuditLine[]> {
    const where = new Where()
    where.addEqual(equal)
    where.add('seq > ?', after)
    return await this.#connection.query<StoredAuditLine>(`SELECT seq, line FROM cortex.audit ${where.text} ORDER BY seq LIMIT ${limit}`, where.values)
  }

  async auditHead (): Promise<AuditHead> {
    return (await this.#connection.query<AuditHead>('SELECT audit_seq AS seq, audit_hash AS hash FROM cortex.heads'))[0] ?? genesis
  }

  async isAnyDue (now: Date): Promise<boolean> {
    return (await this.#connection.query(`SELECT 1 FROM cortex.tasks WHERE ${isDue} LIMIT 1`, dueBounds(now))).length > 0
  }

  async #archived (ids: readonly string[]): Promise<ArchivedTask[]> {
    if (ids.length === 0) return []
    const parts = await this.#connection.query<{ body: Uint8Array }>('SELECT body FROM cortex.archive WHERE part IN (SELECT part FROM cortex.archived_tasks WHERE id = ANY($1))', [ids])
    return parts.flatMap(({ body }) => findInArchivePart(body, ids))
  }
}

/** Matches the text in any case. A server knows large and small of ASCII in any locale, of other letters only in some: those are given both. */
function patternOf (text: string): string {
  return [...text].map((letter) => {
    if (letter <= '\x7f') return /[\w\s]/.test(letter) ? letter : `\\${letter}`
    const cases = [...new Set([letter.toLowerCase(), letter.toUpperCase()])]
    // Where the other case is several letters, as of ß, there is no class for both.
    return cases.length === 2 && cases.every((each) => [...each].length === 1) ? `[${cases.join('')}]` : letter
  }).join('')
}
