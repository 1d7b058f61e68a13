import type { FastifyBaseLogger } from 'fastify'
import { BossDispatcher } from './boss-dispatcher.ts'
import { asUnusable } from './faults.ts'
import { migrate } from './migrate.ts'
import type { CredentialStore } from '../credential-store.ts'
import { PgPostgres } from './pg-postgres.ts'
import { PostgresCredentialStore } from './postgres-credential-store.ts'
import type { Postgres } from './postgres.ts'
import { PostgresTaskStore, type PostgresTaskStoreOptions } from './postgres-task-store.ts'

export interface OpenPostgresOptions extends Omit<PostgresTaskStoreOptions, 'postgres' | 'dispatcher'> {
  /** URL of the server, or a driver that is open. */
  database: string | Postgres
  logger: FastifyBaseLogger
}

/**
 * Brings the schema up to date and begins to listen.
 * @throws CTX_STORE_TOO_NEW, CTX_DATABASE_TOO_OLD, CTX_DATABASE_UNUSABLE
 */
export async function openPostgresStore ({ database, ...options }: OpenPostgresOptions): Promise<{ store: PostgresTaskStore, dispatcher: BossDispatcher, credentials: CredentialStore }> {
  const postgres = typeof database === 'string' ? new PgPostgres(database, options.logger) : database
  try {
    await migrate(postgres, options.logger)
    const dispatcher = new BossDispatcher(postgres, options.logger)
    await dispatcher.start()
    const store = new PostgresTaskStore({ ...options, postgres, dispatcher })
    await store.start()
    return { store, dispatcher, credentials: new PostgresCredentialStore(postgres) }
  } catch (error) {
    await postgres.close()
    throw asUnusable(error)
  }
}
