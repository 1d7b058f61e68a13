import { StoreTooNew } from '../../errors.ts'
import type { Database } from './database.ts'
import { migrations } from './schema.ts'

/** One process migrates; the others wait for it. */
const migrationLock = 0x63686174

/** @throws CTX_STORE_TOO_NEW, CTX_STORE_UNREACHABLE */
export async function migrate (database: Database): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.query(`SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(${migrationLock}); CREATE SCHEMA IF NOT EXISTS cortex_chat;
      CREATE TABLE IF NOT EXISTS cortex_chat.migrations (version int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())`)
    const [row] = await connection.query<{ version: number | null }>('SELECT max(version) AS version FROM cortex_chat.migrations')
    const version = row?.version ?? 0
    if (version > migrations.length) throw new StoreTooNew(version, migrations.length)
    for (const [index, migration] of migrations.entries()) {
      if (index < version) continue
      await connection.query(migration)
      await connection.query('INSERT INTO cortex_chat.migrations (version) VALUES ($1)', [index + 1])
    }
  })
}
