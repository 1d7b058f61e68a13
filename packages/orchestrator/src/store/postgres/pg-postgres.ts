import { setTimeout as delay } from 'node:timers/promises'
import { Client, Pool, types, type ClientConfig, type PoolClient, type QueryResult } from 'pg'
import type { FastifyBaseLogger } from 'fastify'
import { asUnreachable } from './faults.ts'
import type { Connection, Postgres, SessionListener } from './postgres.ts'

/** Milliseconds between two tries to be elected, or to connect again. */
const sessionInterval = 1_000
const int8 = 20

/** A server over TCP, by node-postgres. */
export class PgPostgres implements Postgres {
  readonly relaxed: Connection
  readonly #config: ClientConfig
  readonly #pool: Pool
  readonly #relaxedPool: Pool
  readonly #log: FastifyBaseLogger
  readonly #closed = new AbortController()
  #session: Client | null = null
  #sessionKept: Promise<void> | null = null

  constructor (url: string, log: FastifyBaseLogger) {
    this.#log = log
    this.#config = {
      connectionString: url,
      application_name: 'cortex',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      // A replica that stops in mid-transaction holds up the others no longer than this; those that wait are told. Milliseconds.
      idle_in_transaction_session_timeout: 5_000,
      statement_timeout: 30_000,
      types: { getTypeParser: ((oid: number, format: 'text' | 'binary') => oid === int8 ? Number : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser }
    }
    this.#pool = this.#openPool(8)
    this.#relaxedPool = this.#openPool(3)
    this.#relaxedPool.on('connect', (client) => { client.query('SET synchronous_commit = off').catch(() => {}) })
    this.relaxed = { query: (text, values) => this.#run(this.#relaxedPool, text, values) }
  }

  query<Row> (text: string, values?: readonly unknown[]): Promise<Row[]> {
    return this.#run(this.#pool, text, values)
  }

  async withConnection<T> (run: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => { throw asUnreachable(error) })
    let broken: Error | undefined
    const onError = (error: Error) => { broken = error }
    client.on('error', onError)
    try {
      return await run({ query: (text, values) => this.#run(client, text, values) })
    } catch (error) {
      // Its state is not known, so nobody gets it again.
      broken ??= error as Error
      throw error
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  async keepSession (channel: string, lock: number, listener: SessionListener): Promise<void> {
    const first = await this.#connectSession(channel, listener)
    this.#sessionKept = this.#keep(first, channel, lock, listener)
  }

  async close (): Promise<void> {
    this.#closed.abort()
    await this.#session?.end().catch(() => {})
    await this.#sessionKept
    await Promise.all([this.#pool.end(), this.#relaxedPool.end()])
  }

  async #keep (first: Client, channel: string, lock: number, listener: SessionListener): Promise<void> {
    const { signal } = this.#closed
    for (let client: Client | null = first; !signal.aborted;) {
      if (client) await this.#holdSession(client, lock, listener)
      await delay(sessionInterval, undefined, { signal }).catch(() => {})
      client = signal.aborted ? null : await this.#connectSession(channel, listener).catch(() => null)
    }
  }

  /** Resolves when the connection is gone. */
  async #holdSession (client: Client, lock: number, listener: SessionListener): Promise<void> {
    const gone = new AbortController()
    client.once('end', () => gone.abort())
    let elected = false
    try {
      while (!gone.signal.aborted) {
        const { rows } = await client.query<{ held: boolean }>(elected ? 'SELECT true AS held' : 'SELECT pg_try_advisory_lock($1) AS held', elected ? [] : [lock])
        if (!elected && rows[0]?.held) {
          elected = true
          listener.elected()
        }
        await delay(sessionInterval, undefined, { signal: gone.signal }).catch(() => {})
      }
    } catch (error) {
      if (!this.#closed.signal.aborted) this.#log.warn({ err: error }, 'the session with the database broke; it is opened again')
      await client.end().catch(() => {})
    }
    if (elected) listener.deposed()
  }

  async #connectSession (channel: string, listener: SessionListener): Promise<Client> {
    const client = new Client(this.#config)
    client.on('error', () => {})
    client.on('notification', () => listener.heard())
    try {
      await client.connect()
      await client.query(`LISTEN ${channel}`)
    } catch (error) {
      await client.end().catch(() => {})
      throw asUnreachable(error)
    }
    this.#session = client
    listener.heard()
    return client
  }

  async #run<Row> (on: Pool | PoolClient, text: string, values?: readonly unknown[]): Promise<Row[]> {
    try {
      const result = (values ? await on.query(text, [...values]) : await on.query(text)) as unknown as QueryResult | QueryResult[]
      return (Array.isArray(result) ? result.flatMap(({ rows }) => rows) : result.rows) as Row[]
    } catch (error) {
      throw asUnreachable(error)
    }
  }

  #openPool (max: number): Pool {
    const pool = new Pool({ ...this.#config, max })
    // An idle connection that breaks is replaced when the next is asked for.
    pool.on('error', (error) => this.#log.debug({ err: error }, 'an idle connection to the database broke'))
    return pool
  }
}
