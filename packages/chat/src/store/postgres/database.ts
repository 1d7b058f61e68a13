import { setTimeout as delay } from 'node:timers/promises'
import { Client, Pool, types, type ClientConfig, type PoolClient } from 'pg'
import type { FastifyBaseLogger } from 'fastify'
import { asStoreError } from './faults.ts'

/** Milliseconds between two tries to listen again. */
const listenAgainAfter = 1_000
/** Milliseconds after which a connection that says nothing is taken for broken. */
const listenPatience = 8_000
const int8 = 20

export interface Connection {
  query<Row> (text: string, values?: readonly unknown[]): Promise<Row[]>
}

export interface Listener {
  notified (payload: string): void
  /** Listening began (again): what was said before is lost. */
  began (): void
}

/** A PostgreSQL server, by node-postgres: a few connections for statements and transactions, one that listens. */
export class Database implements Connection {
  readonly #config: ClientConfig
  readonly #pool: Pool
  readonly #logger: FastifyBaseLogger | undefined
  readonly #closed = new AbortController()
  #listening: Promise<void> = Promise.resolve()
  #listenClient: Client | null = null

  constructor (url: string, logger: FastifyBaseLogger | undefined) {
    this.#logger = logger
    this.#config = {
      connectionString: url,
      application_name: 'cortex-chat',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      // A process that stops in mid-transaction holds up the others no longer than this. Milliseconds.
      idle_in_transaction_session_timeout: 5_000,
      statement_timeout: 30_000,
      // For a server that says nothing at all any more.
      query_timeout: 35_000,
      types: { getTypeParser: ((oid: number, format: 'text' | 'binary') => oid === int8 ? Number : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser }
    }
    this.#pool = new Pool({ ...this.#config, max: 8 })
    this.#pool.on('error', (error) => logger?.debug({ err: error }, 'an idle connection to the database broke'))
  }

  query<Row> (text: string, values?: readonly unknown[]): Promise<Row[]> {
    return run(this.#pool, text, values)
  }

  /** All of it or nothing. @throws CTX_STORE_UNREACHABLE also where the answer to COMMIT was lost: then it may have been all of it */
  async transaction<T> (work: (connection: Connection) => Promise<T>, isolation = 'READ COMMITTED'): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => { throw asStoreError(error) })
    let broken: Error | undefined
    const onError = (error: Error) => { broken = error }
    client.on('error', onError)
    const connection: Connection = { query: (text, values) => run(client, text, values) }
    try {
      await connection.query(`BEGIN ISOLATION LEVEL ${isolation}`)
      const result = await work(connection)
      await connection.query('COMMIT')
      return result
    } catch (error) {
      // A connection whose transaction cannot be taken back is not used again.
      await connection.query('ROLLBACK').catch((failure: Error) => { broken ??= failure })
      throw error
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  /** Listens until the end, over broken connections. Answers when it does for the first time. */
  async listen (channel: string, listener: Listener): Promise<void> {
    const first = await this.#startListening(channel, listener)
    this.#listening = this.#keepListening(first, channel, listener)
  }

  async close (): Promise<void> {
    this.#closed.abort()
    await this.#listenClient?.end().catch(() => {})
    await this.#listening
    await this.#pool.end()
  }

  async #keepListening (first: Client, channel: string, listener: Listener): Promise<void> {
    const { signal } = this.#closed
    for (let client: Client | null = first; !signal.aborted;) {
      if (client) await this.#hold(client)
      await delay(listenAgainAfter, undefined, { signal }).catch(() => {})
      client = signal.aborted ? null : await this.#startListening(channel, listener).catch(() => null)
    }
  }

  /** Resolves when the connection is gone. A statement now and then shows whether the server still answers. */
  async #hold (client: Client): Promise<void> {
    const gone = new AbortController()
    client.once('end', () => gone.abort())
    try {
      while (!gone.signal.aborted) {
        await client.query('SELECT 1')
        await delay(listenPatience / 4, undefined, { signal: gone.signal }).catch(() => {})
      }
    } catch (error) {
      if (!this.#closed.signal.aborted) this.#logger?.warn({ err: error }, 'the connection that listens to the database broke; it is opened again')
      // Not waited for: a server that is silent does not answer this either.
      client.end().catch(() => {})
    }
  }

  async #startListening (channel: string, listener: Listener): Promise<Client> {
    const client = new Client({ ...this.#config, query_timeout: listenPatience })
    client.on('error', () => {})
    client.on('notification', ({ payload = '' }) => listener.notified(payload))
    try {
      await client.connect()
      await client.query(`LISTEN ${channel}`)
    } catch (error) {
      client.end().catch(() => {})
      throw asStoreError(error)
    }
    this.#listenClient = client
    listener.began()
    return client
  }
}

async function run<Row> (on: Pool | PoolClient, text: string, values?: readonly unknown[]): Promise<Row[]> {
  try {
    const result = await on.query(text, values?.map(storable)) as unknown as { rows: Row[] } | Array<{ rows: Row[] }>
    return Array.isArray(result) ? result.flatMap(({ rows }) => rows) : result.rows
  } catch (error) {
    throw asStoreError(error)
  }
}

/** The server has no room for NUL and lone surrogates. Records are JSON, where they are escaped. */
function storable (value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD').toWellFormed() : value
}
