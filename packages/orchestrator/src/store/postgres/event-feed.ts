import type { Approval, TaskEvent, TaskLog, TaskStatus, LogLine } from '@cortex/contracts'
import type { FastifyBaseLogger } from 'fastify'
import { toCommitted } from '../ledger.ts'
import { toRecord, type RecordTexts } from '../record-row.ts'
import type { Committed } from '../task-store.ts'
import type { CommittedGroup } from './group-commit.ts'
import type { Postgres } from './postgres.ts'

const pageSize = 500

interface EventRow extends RecordTexts { seq: number, type: TaskEvent['type'], at: string, task_id: string, before: TaskStatus | null, status: TaskStatus, approval: string | null }

export const eventColumns = `e.seq, e.type, e.at, e.task_id, e.before, e.status, t.fixed, t.state, (SELECT doc FROM cortex.approvals a WHERE a.id = e.approval_id) AS approval
  FROM cortex.events e JOIN cortex.tasks t ON t.id = e.task_id`

export function toEvent ({ fixed, state, approval, before: _, status: __, ...event }: EventRow): TaskEvent {
  return { ...event, task: toRecord({ fixed, state }).task, ...(approval !== null && { approval: JSON.parse(approval) as Approval }) }
}

/** Tells of every commit of any replica once, in the order of the numbers. What this replica wrote it has; the rest it reads when it is notified. */
export class EventFeed {
  readonly #postgres: Postgres
  readonly #log: FastifyBaseLogger
  readonly #listeners = new Set<(committed: Committed) => void>()
  #seq = 0
  #logSeq = 0
  #tail: Promise<void> = Promise.resolve()
  #asked = false
  #closed = false

  constructor (postgres: Postgres, log: FastifyBaseLogger) {
    this.#postgres = postgres
    this.#log = log
  }

  async start (): Promise<void> {
    const [heads] = await this.#postgres.query<{ last_seq: number, last_log: number }>('SELECT last_seq, last_log FROM cortex.heads')
    this.#seq = heads?.last_seq ?? 0
    this.#logSeq = heads?.last_log ?? 0
  }

  subscribe (listener: (committed: Committed) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** What this replica has committed. */
  publish ({ ledger, heads, filed }: CommittedGroup): void {
    const { events, logs, archived } = ledger
    const lines = logs.reduce((sum, log) => sum + log.lines.length, 0)
    if (events.length === 0 && lines === 0 && archived.length === 0) return
    this.#then(async () => {
      if (heads.last_seq > this.#seq || heads.last_log > this.#logSeq) await this.#readTo(heads)
      // What a notification was quicker with has been told.
      const known = heads.last_seq < this.#seq
      const knownLogs = heads.last_log < this.#logSeq
      this.#tell({ ...known ? { events: [], changes: [] } : toCommitted(events, heads.last_seq), logs: knownLogs ? [] : logs, archived, own: true, filed })
      this.#seq = Math.max(this.#seq, heads.last_seq + events.length)
      this.#logSeq = Math.max(this.#logSeq, heads.last_log + lines)
    })
  }

  /** Somebody may have committed. */
  catchUp (): void {
    if (this.#asked || this.#closed) return
    this.#asked = true
    this.#then(async () => {
      this.#asked = false
      await this.#readTo(null)
    })
  }

  async close (): Promise<void> {
    this.#closed = true
    await this.#tail
  }

  #then (step: () => Promise<void>): void {
    this.#tail = this.#tail.then(step).catch((error: unknown) => { if (!this.#closed) this.#log.warn({ err: error }, 'commits could not be read; they are read with the next ones') })
  }

  /** @param heads where to stop; null for the newest */
  async #readTo (heads: { last_seq: number, last_log: number } | null): Promise<void> {
    for (;;) {
      const [events, logs] = await Promise.all([this.#readEvents(heads?.last_seq), this.#readLogs(heads?.last_log)])
      const last = events.at(-1)?.seq ?? 0
      this.#logSeq = Math.max(this.#logSeq, logs.last)
      this.#seq = Math.max(this.#seq, last, heads && events.length < pageSize ? heads.last_seq : 0)
      this.#tell({
        events: events.map(toEvent),
        changes: events.flatMap((row) => row.type === 'approval.changed' || row.before === row.status ? [] : { task: { ...toEvent(row).task, status: row.status }, before: row.before }),
        logs: logs.ranges,
        archived: [],
        own: false,
        filed: false
      })
      if (events.length < pageSize && logs.count < pageSize) return
    }
  }

  async #readEvents (until = Number.MAX_SAFE_INTEGER): Promise<EventRow[]> {
    return await this.#postgres.query<EventRow>(`SELECT ${eventColumns} WHERE e.seq > $1 AND e.seq <= $2 ORDER BY e.seq LIMIT ${pageSize}`, [this.#seq, until])
  }

  async #readLogs (until = Number.MAX_SAFE_INTEGER): Promise<{ ranges: TaskLog[], count: number, last: number }> {
    const rows = await this.#postgres.query<{ task_id: string, n: number, seq: number, doc: string }>(
      `SELECT task_id, n, seq, doc FROM cortex.logs WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT ${pageSize}`, [this.#logSeq, until])
    const ranges: TaskLog[] = []
    for (const { task_id: taskId, n, doc } of rows) {
      const range = ranges.at(-1)
      const line = JSON.parse(doc) as LogLine
      if (range?.task_id === taskId && range.total === n) ranges.splice(-1, 1, { ...range, lines: [...range.lines, line], total: n + 1 })
      else ranges.push({ task_id: taskId, from: n, lines: [line], total: n + 1 })
    }
    return { ranges, count: rows.length, last: rows.at(-1)?.seq ?? 0 }
  }

  /** What is committed stays committed: a listener that fails must not fail the others. */
  #tell (committed: Committed): void {
    if (committed.events.length === 0 && committed.logs.length === 0 && committed.archived.length === 0) return
    for (const listener of this.#listeners) {
      try {
        listener(committed)
      } catch (error) {
        this.#log.error({ err: error }, 'a listener failed')
      }
    }
  }
}
