import { setTimeout as delay } from 'node:timers/promises'
import { Client, Pool, types, type ClientBase, type ClientConfig, type PoolClient, type QueryResult } from 'pg'
import type { FastifyBaseLogger } from 'fastify'
import { asUnreachable } from './faults.ts'
import type { Connection, Postgres, SessionListener } from './postgres.ts'
import { storable } from './storable.ts'

/** Milliseconds between two tries to be elected, or to connect again. */
const sessionInterval = 1_000
/** Milliseconds after which a session that says nothing is over, for the server as for us: whoever was elected may have stopped in mid-work. */
const sessionPatience = 8_000
const never = 2 ** 31 - 1
const int8 = 20
/** Statements kept prepared. */
const mostNamed = 200

/** A server over TCP, by node-postgres. */
export class PgPostgres implements Postgres {
  readonly relaxed: Connection
  readonly #config: ClientConfig
  readonly #pool: Pool
  /** Writes have connections of their own, so that many who read cannot keep a create from its turn. */
  readonly #writePool: Pool
  readonly #relaxedPool: Pool
  readonly #log: FastifyBaseLogger
  readonly #closed = new AbortController()
  readonly #names = new Map<string, string>()
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
      // For a server that says nothing at all any more.
      query_timeout: 35_000,
      types: { getTypeParser: ((oid: number, format: 'text' | 'binary') => oid === int8 ? Number : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser }
    }
    this.#pool = this.#openPool(5)
    this.#writePool = this.#openPool(3)
    this.#relaxedPool = this.#openPool(3, async (client) => { await client.query('SET synchronous_commit = off') })
    this.relaxed = { query: (text, values) => this.#run(this.#relaxedPool, text, values) }
  }

  query<Row> (text: string, values?: readonly unknown[]): Promise<Row[]> {
    return this.#run(this.#pool, text, values)
  }

  async withConnection<T> (run: (connection: Connection) => Promise<T>, { unhurried = false } = {}): Promise<T> {
    const client = await this.#writePool.connect().catch((error: unknown) => { throw asUnreachable(error) })
    let broken: Error | undefined
    const onError = (error: Error) => { broken = error }
    client.on('error', onError)
    try {
      return await run({ query: (text, values) => this.#run(client, text, values, unhurried ? { query_timeout: never } : {}) })
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
    const elected = await this.#tryLock(first, lock, listener)
    this.#sessionKept = this.#keep(first, elected, channel, lock, listener)
  }

  async close (): Promise<void> {
    this.#closed.abort()
    await this.#session?.end().catch(() => {})
    await this.#sessionKept
    await Promise.all([this.#pool.end(), this.#writePool.end(), this.#relaxedPool.end()])
  }

  async #keep (first: Client, electedFirst: boolean, channel: string, lock: number, listener: SessionListener): Promise<void> {
    const { signal } = this.#closed
    let elected = electedFirst
    for (let client: Client | null = first; !signal.aborted; elected = false) {
      if (client) await this.#holdSession(client, elected, lock, listener)
      await delay(sessionInterval, undefined, { signal }).catch(() => {})
      client = signal.aborted ? null : await this.#connectSession(channel, listener).catch(() => null)
    }
  }

  /** Resolves when the connection is gone. */
  async #holdSession (client: Client, electedBefore: boolean, lock: number, listener: SessionListener): Promise<void> {
    const gone = new AbortController()
    client.once('end', () => gone.abort())
    let elected = electedBefore
    try {
      while (!gone.signal.aborted) {
        if (elected) await client.query('SELECT 1')
        else elected = await this.#tryLock(client, lock, listener)
        await delay(sessionInterval, undefined, { signal: gone.signal }).catch(() => {})
      }
    } catch (error) {
      if (!this.#closed.signal.aborted) this.#log.warn({ err: error }, 'the session with the database broke; it is opened again')
      // Not waited for: a server that is silent does not answer this either.
      client.end().catch(() => {})
    }
    if (elected) listener.deposed()
  }

  async #tryLock (client: Client, lock: number, listener: SessionListener): Promise<boolean> {
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [lock])
    const held = rows[0]?.held ?? false
    if (held) listener.elected()
    return held
  }

  async #connectSession (channel: string, listener: SessionListener): Promise<Client> {
    const client = new Client({ ...this.#config, query_timeout: sessionPatience })
    client.on('error', () => {})
    client.on('notification', () => listener.heard())
    try {
      await client.connect()
      await client.query(`SET idle_session_timeout = ${sessionPatience}; LISTEN ${channel}`)
    } catch (error) {
      client.end().catch(() => {})
      throw asUnreachable(error)
    }
    this.#session = client
    listener.heard()
    return client
  }

  async #run<Row> (on: Pool | PoolClient, text: string, values?: readonly unknown[], config: { query_timeout?: number } = {}): Promise<Row[]> {
    try {
      const result = await on.query({ ...config, text, ...(values && { ...this.#named(text), values: values.map(toStorable) }) }) as unknown as QueryResult | QueryResult[]
      return (Array.isArray(result) ? result.flatMap(({ rows }) => rows) : result.rows) as Row[]
    } catch (error) {
      throw asUnreachable(error)
    }
  }

  /** A statement with a name is parsed and planned once a connection. Few texts differ, but those of pg-boss may be many. */
  #named (text: string): { name?: string } {
    let name = this.#names.get(text)
    if (name === undefined && this.#names.size < mostNamed) this.#names.set(text, name = `cortex_${this.#names.size}`)
    return name === undefined ? {} : { name }
  }

  #openPool (max: number, onConnect?: (client: ClientBase) => Promise<void>): Pool {
    const pool = new Pool({ ...this.#config, max, ...(onConnect && { onConnect }) })
    // An idle connection that breaks is replaced when the next is asked for.
    pool.on('error', (error) => this.#log.debug({ err: error }, 'an idle connection to the database broke'))
    return pool
  }
}

function toStorable (value: unknown): unknown {
  if (typeof value === 'string') return storable(value)
  return Array.isArray(value) ? value.map(toStorable) : value
}
