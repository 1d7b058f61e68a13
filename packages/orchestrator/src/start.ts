import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createLogger, startService, type ListenOptions } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import { buildApp } from './app.ts'
import type { Retention } from './plugins/retention.ts'
import type { Dispatcher } from './store/dispatcher.ts'
import { InProcessDispatcher } from './store/in-process-dispatcher.ts'
import { openPostgresStore } from './store/postgres/open-postgres-store.ts'
import type { Postgres } from './store/postgres/postgres.ts'
import { SqliteTaskStore } from './store/sqlite/sqlite-task-store.ts'
import type { TaskStore } from './store/task-store.ts'
import { TaskFiles } from './task-files/task-files.ts'

export interface OrchestratorOptions extends ListenOptions {
  /** Data folder; made when missing. */
  home: string
  /** A PostgreSQL server instead of SQLite in the data folder. */
  databaseUrl?: string | undefined
  /** The same, by a driver that is open already. */
  database?: Postgres | undefined
  /** Folder of the task files; `tasks` in the data folder unless given. */
  tasksDir?: string | undefined
  /** Tasks that may run at once, over all masters. */
  concurrency?: number
  /** Milliseconds without a heartbeat after which a worker is taken for lost. */
  leaseDuration?: number
  /** Milliseconds of quiet after which a batch nobody closed is closed. */
  batchQuiet?: number
  retention?: Retention
  logger?: FastifyBaseLogger | undefined
}

/** The orchestrator: on one machine with SQLite, on any number of them with PostgreSQL. */
export async function startOrchestrator ({
  home, databaseUrl, database: driver, tasksDir = join(home, 'tasks'), concurrency = 16, leaseDuration = 10_000, batchQuiet = 60_000, retention = { taskDays: 30, archiveDays: 365 },
  logger = createLogger({ level: 'silent', name: 'orchestrator' }), ...listen
}: OrchestratorOptions): Promise<{ url: string, close: () => Promise<void> }> {
  const database = databaseUrl ?? driver
  const folder = resolve(tasksDir)
  mkdirSync(folder, { recursive: true })
  const files = new TaskFiles(folder, logger)
  const { store, dispatcher } = await openStore({ folder: resolve(home), database, leaseDuration, files, logger })
  const app = buildApp({
    logger,
    files,
    store,
    dispatcher,
    retention,
    coordinator: { globalConcurrency: concurrency, leaseDuration, batchQuiet, deliveriesLast: database !== undefined }
  })
  try {
    return { url: await startService(app, listen), close: async () => await app.close() }
  } catch (error) {
    await app.close()
    throw error
  }
}

interface OpenOptions {
  folder: string
  database: string | Postgres | undefined
  leaseDuration: number
  files: TaskFiles
  logger: FastifyBaseLogger
}

async function openStore ({ folder, database, leaseDuration, files, logger }: OpenOptions): Promise<{ store: TaskStore, dispatcher: Dispatcher }> {
  const fileHooks = { beforeCreate: files.writeNew.bind(files), uncreated: files.remove.bind(files) }
  try {
    if (database !== undefined) return await openPostgresStore({ database, leaseDuration, logger, ...fileHooks })
    const dispatcher = new InProcessDispatcher()
    return { dispatcher, store: new SqliteTaskStore({ folder, leaseDuration, enqueue: (deliveries) => dispatcher.enqueue(deliveries), ...fileHooks }) }
  } catch (error) {
    await files.close()
    throw error
  }
}
