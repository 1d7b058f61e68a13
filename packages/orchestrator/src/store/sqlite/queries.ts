import type { Approval, Task, TaskEvent } from '@cortex/contracts'
import type { SQLInputValue } from 'node:sqlite'
import type { TaskRecord } from '../../domain/record.ts'
import { CursorInvalid } from '../../errors.ts'
import type { ApprovalFilter, TaskCount, TaskFilter } from '../task-store.ts'
import type { Database } from './database.ts'
import { Rows } from './rows.ts'

/** What is read and not changed. */
export class Queries {
  readonly rows: Rows
  readonly #db: Database

  constructor (db: Database) {
    this.#db = db
    this.rows = new Rows(db)
  }

  get (ids: readonly string[]): Task[] {
    return ids.flatMap((id) => this.rows.record(id)?.task ?? [])
  }

  list ({ limit, cursor, text, ...equal }: TaskFilter): { tasks: Task[], next_cursor: string | null } {
    const conditions: string[] = []
    const values: string[] = []
    for (const [column, value] of Object.entries(equal)) {
      if (value === undefined) continue
      conditions.push(`${column} = ?`)
      values.push(value)
    }
    // Sub-tasks show only where they are asked for.
    if (equal.parent_id === undefined) conditions.push('parent_id IS NULL')
    if (text !== undefined) {
      conditions.push("(title LIKE ? ESCAPE '\\' OR id = ?)")
      values.push(`%${text.replace(/[\\%_]/g, '\\$&')}%`, text)
    }
    if (cursor !== undefined) conditions.push(`n < ${readCursor(cursor)}`)
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    const rows = this.#db.all<{ n: number, id: string }>(`SELECT n, id FROM tasks ${where} ORDER BY n DESC LIMIT ${limit + 1}`, ...values)
    const page = rows.slice(0, limit)
    return { tasks: this.get(page.map(({ id }) => id)), next_cursor: rows.length > limit ? String(page.at(-1)?.n) : null }
  }

  busy (): TaskRecord[] {
    return this.rows.records('SELECT fixed, state FROM tasks WHERE busy = 1')
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

  eventsAfter (seq: number, limit: number, taskId?: string): TaskEvent[] | null {
    const oldest = this.#db.one<{ seq: number | null }>('SELECT min(seq) AS seq FROM events')?.seq
    if (oldest != null && seq < oldest - 1) return null
    const rows = this.#db.all<{ seq: number, type: TaskEvent['type'], at: string, task_id: string, approval_id: string | null }>(
      `SELECT seq, type, at, task_id, approval_id FROM events WHERE seq > ? ${taskId === undefined ? '' : 'AND task_id = ?'} ORDER BY seq LIMIT ?`,
      ...(taskId === undefined ? [seq, limit] : [seq, taskId, limit]))
    return rows.flatMap(({ approval_id: approvalId, ...event }) => {
      const record = this.rows.record(event.task_id)
      const approval = approvalId === null ? undefined : this.approvals({ id: approvalId, limit: 1 })[0]
      return record ? [{ ...event, task: record.task, ...(approval && { approval }) }] : []
    })
  }

  lastSeq (): number {
    return this.#db.one<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'events'")?.seq ?? 0
  }

  quietBatches (since: Date): string[] {
    return this.#db.all<{ id: string }>('SELECT id FROM batches WHERE closed = 0 AND touched < ? LIMIT 100', since.getTime()).map(({ id }) => id)
  }

  counts (): TaskCount[] {
    return this.#db.all(`SELECT status, category, master, count(*) AS tasks,
      coalesce(sum(state ->> '$.task.usage.input_tokens'), 0) AS input_tokens,
      coalesce(sum(state ->> '$.task.usage.output_tokens'), 0) AS output_tokens,
      total(state ->> '$.task.usage.cost_usd') AS cost_usd
      FROM tasks GROUP BY status, category, master`)
  }

  * ids (): Iterable<string> {
    for (const { id } of this.#db.iterate<{ id: string }>('SELECT id FROM tasks ORDER BY n DESC')) yield id
  }
}

function readCursor (cursor: string): number {
  if (!/^[0-9]{1,15}$/.test(cursor)) throw new CursorInvalid()
  return Number(cursor)
}
