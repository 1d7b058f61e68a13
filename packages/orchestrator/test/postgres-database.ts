import { randomBytes } from 'node:crypto'
import { createLogger } from '@cortex/service'
import { Client } from 'pg'
import type { Test } from 'tap'
import { openStore } from '../src/index.ts'
import { startPostgres, type PostgresServer } from './postgres-server.ts'

let own: Promise<PostgresServer> | null = null

/** The server that `npm test` started for all test files; one of its own for a file that is run by hand. */
async function serverUrl (): Promise<string> {
  return process.env['TEST_DATABASE_URL'] ?? (await (own ??= startPostgres())).url
}

/** An empty database that goes with the test. Answers its DATABASE_URL. */
export async function createDatabase (t: Test, template = 'template0'): Promise<string> {
  const server = await serverUrl()
  const name = `cortex_test_${randomBytes(8).toString('hex')}`
  await execute(server, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  t.teardown(() => execute(server, `DROP DATABASE ${name} WITH (FORCE)`))
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** One in which an orchestrator has been once: to copy it is faster than to make the schemas anew. It goes with the test that is given. */
export async function createTemplate (t: Test): Promise<string> {
  const url = await createDatabase(t)
  const logger = createLogger({ level: 'silent', name: 'test' })
  const { store, dispatcher } = await openStore({ folder: '', database: url, leaseDuration: 1_000, logger })
  await dispatcher.close()
  await store.close()
  return new URL(url).pathname.slice(1)
}

async function execute (url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
