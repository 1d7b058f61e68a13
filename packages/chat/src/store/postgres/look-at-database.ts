import { Client } from 'pg'
import { DatabaseUnusable, StoreTooNew } from '../../errors.ts'
import { asStoreError, asUnusable } from './faults.ts'
import { migrations } from './schema.ts'

/** SQLSTATE. */
const undefinedColumn = '42703'

/**
 * Whether a start could use this database. Nothing is changed.
 * @throws CTX_DATABASE_UNUSABLE, CTX_STORE_TOO_NEW
 */
export async function lookAtDatabase (url: string): Promise<void> {
  let client: Client | undefined
  try {
    client = new Client({ connectionString: url, application_name: 'cortex-chat', connectionTimeoutMillis: 5_000, query_timeout: 5_000 })
    // A connection that breaks later tells the query that waits; without a listener it would end the process as well.
    client.on('error', () => {})
    await client.connect()
    const { rows: [sight] } = await client.query<{ there: boolean, table: string | null, mayMake: boolean }>(`
      SELECT to_regclass('cortex_chat.migrations') IS NOT NULL AS there, (SELECT min(relname::text) FROM pg_class WHERE relnamespace = to_regnamespace('cortex_chat')) AS table,
        has_database_privilege(current_database(), 'CREATE') AS "mayMake"`)
    if (sight && !sight.mayMake) throw new DatabaseUnusable('its user may not make schemas in it, which takes GRANT CREATE ON DATABASE')
    if (!sight?.there) {
      if (sight && sight.table !== null) throw foreign(sight.table)
      return
    }
    const { rows: [schema] } = await client.query<{ version: number | null }>('SELECT max(version) AS version FROM cortex_chat.migrations')
    if ((schema?.version ?? 0) > migrations.length) throw new StoreTooNew(schema?.version, migrations.length)
  } catch (error) {
    if ((error as { code?: string }).code === undefinedColumn) throw foreign('a table migrations')
    throw asUnusable(asStoreError(error))
  } finally {
    await client?.end().catch(() => {})
  }
}

/** Their names may be those of ours, and what is in them nobody could bring back. */
function foreign (table: string): Error {
  return new DatabaseUnusable(`its schema cortex_chat holds ${table}, which is not of Cortex; name another database`)
}
