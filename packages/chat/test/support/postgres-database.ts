import { randomBytes } from 'node:crypto'
import { startPostgres, type PostgresServer } from '@cortex/orchestrator/test-postgres'
import { Client } from 'pg'

interface Teardown { teardown (work: () => Promise<void>): void }

let own: Promise<PostgresServer> | null = null

/** An empty database of the server that `npm test` started, or of one of its own for a file that is run by hand. It goes with the test. */
export async function createDatabase (t: Teardown): Promise<string> {
  const server = process.env['TEST_DATABASE_URL'] ?? (await (own ??= startPostgres())).url
  const name = `cortex_chat_${randomBytes(8).toString('hex')}`
  await execute(server, `CREATE DATABASE ${name} TEMPLATE template0`)
  t.teardown(async () => await execute(server, `DROP DATABASE ${name} WITH (FORCE)`))
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

export async function execute (url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
