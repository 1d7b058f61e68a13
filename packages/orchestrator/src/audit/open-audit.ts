import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditHead } from '@cortex/contracts'
import type { FastifyBaseLogger } from 'fastify'
import { AuditMissing } from '../errors.ts'
import { AuditTable } from '../store/sqlite/audit-table.ts'
import { Database } from '../store/sqlite/database.ts'
import type { AuditFilter, StoredAuditLine } from '../store/task-store.ts'

/** Lines fetched at once. */
const pageSize = 1_000

/** The audit as it stands at one moment, whoever writes meanwhile. */
export interface AuditSource {
  readonly head: AuditHead
  lines (): AsyncIterable<string>
}

export interface AuditPlace {
  /** The data folder, where SQLite lies. */
  folder: string
  /** URL of a PostgreSQL server instead. */
  database: string | undefined
  logger: FastifyBaseLogger
}

/**
 * Reads the audit of a store, whether Cortex runs on it or not.
 * @throws CTX_AUDIT_MISSING, CTX_DATABASE_UNUSABLE, and whatever `read` throws
 */
export async function openAudit<T> ({ folder, database, logger }: AuditPlace, read: (source: AuditSource) => Promise<T>): Promise<T> {
  return database === undefined ? await readSqlite(folder, read) : await readPostgres(database, logger, read)
}

async function readSqlite<T> (folder: string, read: (source: AuditSource) => Promise<T>): Promise<T> {
  const path = join(folder, 'tasks.db')
  if (!existsSync(path)) throw new AuditMissing(folder)
  const db = new Database(path)
  try {
    if (!db.one("SELECT 1 FROM sqlite_schema WHERE name = 'audit'")) throw new AuditMissing(folder)
    db.exec('BEGIN')
    const table = new AuditTable(db)
    return await read({ head: table.head(), lines: () => allLines(async (filter) => table.lines(filter)) })
  } finally {
    db.close()
  }
}

async function readPostgres<T> (url: string, logger: FastifyBaseLogger, read: (source: AuditSource) => Promise<T>): Promise<T> {
  // Only who uses it pays for loading it.
  const [{ PgPostgres }, { Queries }, { asUnusable }] = await Promise.all([import('../store/postgres/pg-postgres.ts'), import('../store/postgres/queries.ts'), import('../store/postgres/faults.ts')])
  const postgres = new PgPostgres(url, logger)
  try {
    const [found] = await postgres.query<{ there: boolean }>("SELECT to_regclass('cortex.audit') IS NOT NULL AS there").catch((error: unknown) => { throw asUnusable(error) })
    if (!found?.there) throw new AuditMissing('the database')
    return await postgres.withConnection(async (connection) => {
      // Whoever takes the lines may be slow.
      await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0')
      const queries = new Queries(connection)
      const result = await read({ head: await queries.auditHead(), lines: () => allLines((filter) => queries.audit(filter)) })
      await connection.query('COMMIT')
      return result
    })
  } finally {
    await postgres.close()
  }
}

async function * allLines (page: (filter: AuditFilter) => Promise<StoredAuditLine[]>): AsyncGenerator<string> {
  for (let after = 0; ;) {
    const lines = await page({ after, limit: pageSize })
    for (const { line } of lines) yield line
    const last = lines.at(-1)
    if (!last || lines.length < pageSize) return
    after = last.seq
  }
}
