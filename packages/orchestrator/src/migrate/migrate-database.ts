import type { FastifyBaseLogger } from 'fastify'
import { BossDispatcher } from '../store/postgres/boss-dispatcher.ts'
import { asUnusable } from '../store/postgres/faults.ts'
import { lookAtDatabase } from '../store/postgres/look-at-database.ts'
import { migrate } from '../store/postgres/migrate.ts'
import { PgPostgres } from '../store/postgres/pg-postgres.ts'

/**
 * Brings both schemas of a database up to this program and ends. Answers the version of the schema.
 * @throws CTX_STORE_TOO_NEW, CTX_DATABASE_TOO_OLD, CTX_DATABASE_UNUSABLE
 */
export async function migrateDatabase (url: string, logger: FastifyBaseLogger): Promise<number> {
  const postgres = new PgPostgres(url, logger)
  try {
    await lookAtDatabase(url)
    await migrate(postgres, logger)
    const dispatcher = new BossDispatcher(postgres, logger)
    await dispatcher.start()
    await dispatcher.close()
    const [schema] = await postgres.query<{ version: number }>('SELECT max(version) AS version FROM cortex.migrations')
    return schema!.version
  } catch (error) {
    throw asUnusable(error)
  } finally {
    await postgres.close()
  }
}
