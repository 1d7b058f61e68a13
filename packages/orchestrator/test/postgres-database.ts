import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import type { Test } from 'tap'
import { startPostgres, type PostgresServer } from './postgres-server.ts'

let own: Promise<PostgresServer> | null = null

/** The server that `npm test` started for all test files; one of its own for a file that is run by hand. */
async function serverUrl (): Promise<string> {
  return process.env['TEST_DATABASE_URL'] ?? (await (own ??= startPostgres())).url
}

/** An empty database that goes with the test. Answers its DATABASE_URL. */
export async function createDatabase (t: Test): Promise<string> {
  const server = await serverUrl()
  const name = `cortex_test_${randomBytes(8).toString('hex')}`
  await execute(server, `CREATE DATABASE ${name} TEMPLATE template0`)
  t.teardown(() => execute(server, `DROP DATABASE ${name} WITH (FORCE)`))
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
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
