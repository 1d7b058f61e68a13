import type { FastifyBaseLogger } from 'fastify'
import { storeBounds, type StoreBounds } from './bounds.ts'
import type { CredentialStore } from './credential-store.ts'
import type { Dispatcher } from './dispatcher.ts'
import { InProcessDispatcher } from './in-process-dispatcher.ts'
import type { Postgres } from './postgres/postgres.ts'
import { SqliteCredentialStore } from './sqlite/sqlite-credential-store.ts'
import { SqliteTaskStore } from './sqlite/sqlite-task-store.ts'
import { noFiles, type NewFiles, type TaskStore } from './task-store.ts'

export interface OpenStoreOptions {
  /** The data folder, where SQLite lies. */
  folder: string
  /** A PostgreSQL server instead: its URL, or a driver that is open already. */
  database: string | Postgres | undefined
  /** Milliseconds without a heartbeat after which a lease is over. */
  leaseDuration: number
  /** Without them, none are kept. */
  files?: NewFiles
  logger: FastifyBaseLogger
  bounds?: StoreBounds
}

/**
 * The system of record and its delivery, by the settings.
 * @throws CTX_STORE_LOCKED, CTX_RESTORE_UNFINISHED, CTX_STORE_TOO_NEW, CTX_DATABASE_TOO_OLD, CTX_DATABASE_UNUSABLE
 */
export async function openStore ({ folder, database, logger, bounds = storeBounds, files = noFiles, ...options }: OpenStoreOptions): Promise<{ store: TaskStore, dispatcher: Dispatcher, credentials: CredentialStore }> {
  if (database !== undefined) {
    // Only who uses it pays for loading it: some 200 ms of each start.
    const { openPostgresStore } = await import('./postgres/open-postgres-store.ts')
    const opened = await openPostgresStore({ database, logger, bounds, files, ...options })
    logger.info('tasks are stored in PostgreSQL')
    return opened
  }
  const dispatcher = new InProcessDispatcher()
  const store = new SqliteTaskStore({ folder, enqueue: (deliveries) => dispatcher.enqueue(deliveries), bounds, files, ...options })
  logger.info({ folder }, 'tasks are stored in SQLite')
  return { dispatcher, store, credentials: new SqliteCredentialStore(folder) }
}
