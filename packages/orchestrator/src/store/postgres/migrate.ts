import type { FastifyBaseLogger } from 'fastify'
import { DatabaseTooOld, StoreTooNew } from '../../errors.ts'
import { isConflict } from './faults.ts'
import { refuseNewerJobs } from './job-tables.ts'
import type { Connection, Postgres } from './postgres.ts'
import { migrations as ours, titleIndex, type Migration } from './schema.ts'

/** One process migrates; the others wait for it. */
const migrationLock = 0x636f7274
export const oldestServer = 140_000
/** Of one start: a program of the version before works on meanwhile, and of two that wait for each other the server sends one away. */
const tries = 5

/**
 * Brings the schema up to this program's version. A newer one stays as it is, as long as it says that this program still works with it.
 * @throws CTX_STORE_TOO_NEW, CTX_DATABASE_TOO_OLD, CTX_STORE_UNREACHABLE
 */
export async function migrate (postgres: Postgres, log: FastifyBaseLogger, migrations: readonly Migration[] = ours): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await postgres.withConnection((connection) => bringUpToDate(connection, migrations), { unhurried: true })
      break
    } catch (error) {
      if (!isConflict(error) || attempt === tries) throw error
    }
  }
  await postgres.query(`SELECT pg_advisory_xact_lock(${migrationLock}); ${titleIndex}`).catch((error: unknown) => {
    log.warn({ err: error }, 'titles are searched without an index: an administrator may run CREATE EXTENSION pg_trgm in this database')
  })
}

async function bringUpToDate (connection: Connection, migrations: readonly Migration[]): Promise<void> {
  const [server] = await connection.query<{ version: number }>("SELECT current_setting('server_version_num')::int AS version")
  if ((server?.version ?? 0) < oldestServer) throw new DatabaseTooOld(Math.floor((server?.version ?? 0) / 10_000), oldestServer / 10_000)
  // A large store takes its time, and whoever waits for it as much.
  await connection.query(`BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(${migrationLock}); CREATE SCHEMA IF NOT EXISTS cortex;
    CREATE TABLE IF NOT EXISTS cortex.migrations (version int PRIMARY KEY, works_with int NOT NULL, at timestamptz NOT NULL DEFAULT now())`)
  const [schema] = await connection.query<{ version: number | null, works_with: number | null }>('SELECT max(version) AS version, max(works_with) AS works_with FROM cortex.migrations')
  const version = schema?.version ?? 0
  if ((schema?.works_with ?? 0) > migrations.length) throw new StoreTooNew(version, migrations.length)
  await refuseNewerJobs(async (text) => await connection.query(text))
  const missing = migrations.slice(version)
  // Every transaction that writes begins with a row of it: from here on none is in the middle of its work, holding what the migration needs.
  if (version > 0 && missing.length > 0) await connection.query('LOCK TABLE cortex.heads')
  for (const [index, { sql, worksWith }] of missing.entries()) {
    await connection.query(sql)
    await connection.query('INSERT INTO cortex.migrations (version, works_with) VALUES ($1, $2)', [version + index + 1, worksWith])
  }
  await connection.query('COMMIT')
}
