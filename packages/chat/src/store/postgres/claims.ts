import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { ClaimLost } from '../../errors.ts'
import type { Claim } from '../conversation-store.ts'
import type { Connection, Database } from './database.ts'

interface Held extends Claim {
  readonly lost: AbortController
  readonly holder: string
  /** `performance.now()` when the server last said that it holds. */
  renewed: number
}

/** Claims over all processes: rows that are renewed while their process lives, on the server's clock. */
export class Claims {
  readonly #database: Database
  readonly #duration: number
  readonly #logger: FastifyBaseLogger | undefined
  readonly #held = new Map<string, Held>()
  readonly #timer: NodeJS.Timeout
  #renewing = false

  /** @param duration milliseconds without a sign of life after which a claim is free */
  constructor (database: Database, duration: number, logger: FastifyBaseLogger | undefined) {
    this.#database = database
    this.#duration = duration
    this.#logger = logger
    this.#timer = setInterval(() => { void this.#renew() }, duration / 4)
    this.#timer.unref()
  }

  async claim (name: string): Promise<Claim | null> {
    const holder = randomUUID()
    const asked = performance.now()
    const granted = await this.#database.query(`INSERT INTO cortex_chat.claims AS c (name, holder, until) VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE c.until < clock_timestamp() RETURNING 1`, [name, holder, this.#duration])
    if (granted.length === 0) return null
    const lost = new AbortController()
    const held: Held = { name, holder, lost, signal: lost.signal, renewed: asked, release: async () => await this.#release(held) }
    this.#held.set(holder, held)
    return held
  }

  /**
   * Within a transaction: nobody can take the claim until it ends.
   * @throws CTX_CLAIM_LOST
   */
  async check (connection: Connection, claim: Claim): Promise<void> {
    const rows = await connection.query('SELECT 1 FROM cortex_chat.claims WHERE name = $1 AND holder = $2 FOR SHARE', [claim.name, (claim as Held).holder])
    if (rows.length > 0) return
    this.#lose(claim as Held)
    throw new ClaimLost(claim.name)
  }

  close (): void {
    clearInterval(this.#timer)
  }

  async #release (held: Held): Promise<void> {
    if (!this.#held.delete(held.holder)) return
    // What cannot be given back runs out.
    await this.#database.query('DELETE FROM cortex_chat.claims WHERE holder = $1', [held.holder]).catch((error: unknown) => this.#logger?.debug({ err: error }, 'a claim could not be given back'))
  }

  async #renew (): Promise<void> {
    if (this.#held.size === 0) return
    for (const held of this.#held.values()) if (performance.now() - held.renewed > this.#duration) this.#lose(held)
    if (this.#renewing) return
    this.#renewing = true
    try {
      const asked = performance.now()
      const known = [...this.#held.keys()]
      const rows = await this.#database.query<{ holder: string }>("UPDATE cortex_chat.claims SET until = clock_timestamp() + $1 * interval '1 millisecond' WHERE holder = ANY($2) RETURNING holder", [this.#duration, known])
      const alive = new Set(rows.map(({ holder }) => holder))
      for (const holder of known) {
        const held = this.#held.get(holder)
        if (held && alive.has(holder)) held.renewed = asked
        else if (held) this.#lose(held)
      }
    } catch (error) {
      this.#logger?.debug({ err: error }, 'claims could not be renewed')
    } finally {
      this.#renewing = false
    }
  }

  #lose (held: Held): void {
    if (!this.#held.delete(held.holder)) return
    this.#logger?.warn({ claim: held.name }, 'a claim is lost; another process may go on with it')
    held.lost.abort()
  }
}
