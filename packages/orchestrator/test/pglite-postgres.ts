import { PGlite, types } from '@electric-sql/pglite'
import { pg_trgm as trigrams } from '@electric-sql/pglite/contrib/pg_trgm'
import { genesis } from '../src/audit/chain.ts'
import type { Connection, Postgres, SessionListener } from '../src/store/postgres/postgres.ts'
import { storable } from '../src/store/postgres/storable.ts'

/** A server within this process. It has one connection, so whoever holds it keeps all others waiting. */
export async function startPglite (): Promise<PGlite> {
  return await PGlite.create({
    extensions: { pg_trgm: trigrams },
    // Written as hex, as over the wire.
    serializers: { [types.BYTEA]: (value: string) => value }
  })
}

/** Forgets what orchestrators stored in it. What they made to store it in stays: making it anew takes two seconds, and truncating that many tables 50 ms more than this. */
export async function empty (server: PGlite): Promise<void> {
  const { rows } = await server.query<{ name: string }>("SELECT format('cortex.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'cortex' AND tablename NOT IN ('migrations', 'heads')")
  if (rows.length > 0) await server.exec(`${rows.map(({ name }) => `DELETE FROM ${name};`).join('')} UPDATE cortex.heads SET last_seq = 0, last_log = 0, audit_seq = 0, audit_hash = '${genesis.hash}'; DELETE FROM cortex_boss.job`)
}

/** A driver for it. Closing one ends what it does and leaves the server, so that the next finds the same data, as after a restart. */
export class PglitePostgres implements Postgres {
  readonly relaxed: Connection = this
  readonly #server: PGlite
  readonly #connection: Connection
  #turn: Promise<unknown> = Promise.resolve()
  #unlisten: () => Promise<void> = async () => {}

  constructor (server: PGlite) {
    this.#server = server
    this.#connection = { query: (text, values) => this.#query(text, values) }
  }

  query<Row> (text: string, values?: readonly unknown[]): Promise<Row[]> {
    return this.withConnection((connection) => connection.query<Row>(text, values))
  }

  withConnection<T> (run: (connection: Connection) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      try {
        return await run(this.#connection)
      } catch (error) {
        await this.#server.exec('ROLLBACK')
        throw error
      }
    })
    this.#turn = turn.catch(() => {})
    return turn
  }

  async keepSession (channel: string, _lock: number, listener: SessionListener): Promise<void> {
    this.#unlisten = await this.#server.listen(channel, () => listener.heard())
    listener.elected()
  }

  async close (): Promise<void> {
    await this.#turn
    await this.#unlisten()
    this.#unlisten = async () => {}
  }

  async #query<Row> (text: string, values?: readonly unknown[]): Promise<Row[]> {
    if (values) return (await this.#server.query<Row>(text, values.map(toStorable))).rows
    return (await this.#server.exec(text)).flatMap(({ rows }) => rows as Row[])
  }
}

function toStorable (value: unknown): unknown {
  if (typeof value === 'string') return storable(value)
  return Array.isArray(value) ? value.map(toStorable) : value
}
