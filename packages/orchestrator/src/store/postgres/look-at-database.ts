import { Client } from 'pg'
import { DatabaseTooOld, DatabaseUnusable, StoreTooNew } from '../../errors.ts'
import { asUnusable } from './faults.ts'
import { refuseNewerJobs } from './job-tables.ts'
import { oldestServer } from './migrate.ts'
import { migrations } from './schema.ts'

export interface DatabaseSight {
  /** As 16.4. */
  version: string
  /** Version of the tables; 0 before the first start. */
  schema: number
  /** Milliseconds the server's clock is ahead of ours. */
  clockAhead: number
}

/** SQLSTATE. */
const undefinedColumn = '42703'

/**
 * What a start would find, without one: nothing is changed.
 * @throws CTX_DATABASE_UNUSABLE, CTX_DATABASE_TOO_OLD, CTX_STORE_TOO_NEW
 */
export async function lookAtDatabase (url: string): Promise<DatabaseSight> {
  let client: Client | undefined
  try {
    const looking = client = new Client({ connectionString: url, application_name: 'cortex', connectionTimeoutMillis: 5_000, query_timeout: 5_000 })
    // A connection that breaks later tells the query that waits; without a listener it would end the process as well.
    client.on('error', () => {})
    await client.connect()
    const asked = Date.now()
    const { rows: [server] } = await client.query<{ number: number, version: string, now: Date, there: boolean, table: string | null, mayMake: boolean }>(`
      SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version, clock_timestamp() AS now, to_regclass('cortex.migrations') IS NOT NULL AS there,
        (SELECT min(relname::text) FROM pg_class WHERE relnamespace = to_regnamespace('cortex')) AS table,
        has_database_privilege(current_database(), 'CREATE') AS "mayMake"`)
    if (!server || server.number < oldestServer) throw new DatabaseTooOld(server?.version, oldestServer / 10_000)
    if (!server.there && server.table !== null) throw foreign(server.table)
    if (!server.mayMake) throw new DatabaseUnusable('its user may not make schemas in it, which takes GRANT CREATE ON DATABASE')
    const clockAhead = server.now.getTime() - (asked + Date.now()) / 2
    const { rows: [schema] } = server.there ? await client.query<{ version: number, works_with: number }>('SELECT max(version) AS version, max(works_with) AS works_with FROM cortex.migrations') : { rows: [] }
    if ((schema?.works_with ?? 0) > migrations.length) throw new StoreTooNew(schema?.version, migrations.length)
    await refuseNewerJobs(async (text) => (await looking.query(text)).rows)
    return { version: server.version.split(' ')[0] ?? '', schema: schema?.version ?? 0, clockAhead: Math.round(clockAhead) }
  } catch (error) {
    if ((error as { code?: string }).code === undefinedColumn) throw foreign('a table migrations')
    throw asUnusable(error)
  } finally {
    await client?.end().catch(() => {})
  }
}

/** Their names may be those of ours, and what is in them nobody could bring back. */
function foreign (table: string): Error {
  return new DatabaseUnusable(`its schema cortex holds ${table}, which is not of Cortex; name another database`)
}
