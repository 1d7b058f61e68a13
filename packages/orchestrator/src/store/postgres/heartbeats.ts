import type { RunningLease } from '../task-store.ts'
import type { Postgres } from './postgres.ts'

interface LeaseRow { id: string, task_id: string, agent_id: string, expires_at: Date, cancel_reason: string | null }

const columns = 'id, task_id, agent_id, expires_at, cancel_reason'

/** Leases as all replicas see them, on the clock of the database. Heartbeats that come together are one statement, and no commit waits for the disk. */
export class Heartbeats {
  readonly #postgres: Postgres
  readonly #duration: number
  #waiting = new Map<string, Array<PromiseWithResolvers<RunningLease | null>>>()

  /** @param duration milliseconds without a heartbeat after which a lease is over */
  constructor (postgres: Postgres, duration: number) {
    this.#postgres = postgres
    this.#duration = duration
  }

  beat (leaseId: string): Promise<RunningLease | null> {
    if (this.#waiting.size === 0) setImmediate(() => { void this.#flush() })
    const answer = Promise.withResolvers<RunningLease | null>()
    this.#waiting.set(leaseId, [...this.#waiting.get(leaseId) ?? [], answer])
    return answer.promise
  }

  async ofAgent (agentId: string): Promise<RunningLease[]> {
    return (await this.#postgres.query<LeaseRow>(`SELECT ${columns} FROM cortex.leases WHERE agent_id = $1`, [agentId])).map(toLease)
  }

  async expired (): Promise<RunningLease[]> {
    // None can hold for longer than one turn from now, unless the clock was set back.
    await this.#postgres.relaxed.query("UPDATE cortex.leases SET expires_at = clock_timestamp() + $1 * interval '1 millisecond' WHERE expires_at > clock_timestamp() + 2 * $1 * interval '1 millisecond'", [this.#duration])
    return (await this.#postgres.query<LeaseRow>(`SELECT ${columns} FROM cortex.leases WHERE expires_at < clock_timestamp() ORDER BY expires_at LIMIT 100`)).map(toLease)
  }

  async #flush (): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = new Map()
    try {
      const rows = await this.#postgres.relaxed.query<LeaseRow>(
        `UPDATE cortex.leases SET expires_at = clock_timestamp() + $2 * interval '1 millisecond' WHERE id = ANY($1) RETURNING ${columns}`, [[...waiting.keys()], this.#duration])
      const leases = new Map(rows.map((row) => [row.id, toLease(row)]))
      for (const [id, answers] of waiting) for (const { resolve } of answers) resolve(leases.get(id) ?? null)
    } catch (error) {
      for (const answers of waiting.values()) for (const { reject } of answers) reject(error)
    }
  }
}

function toLease ({ id, task_id: taskId, agent_id: agentId, expires_at: expiresAt, cancel_reason: cancelReason }: LeaseRow): RunningLease {
  return { id, taskId, agentId, expiresAt, cancelReason }
}
