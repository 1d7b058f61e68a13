import { join, resolve } from 'node:path'
import { createLogger, makeFolder, startService, type ListenOptions, type RouteAccess } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import { buildApp, type AppOptions } from './app.ts'
import { noBudget, type Budget } from './domain/budget.ts'
import type { OrchestratorGate } from './gate.ts'
import type { Retention } from './plugins/retention.ts'
import { storeBounds, type StoreBounds } from './store/bounds.ts'
import { openStore } from './store/open-store.ts'
import type { Postgres } from './store/postgres/postgres.ts'
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
  /** What models may use; no limit unless given. */
  budget?: Budget
  bounds?: StoreBounds
  metricsBeside?: AppOptions['metricsBeside']
  /** Who is let in; without it everybody on loopback. */
  gate?: OrchestratorGate | null
  /** Whether another person than the one who asked has to approve. */
  approverDiffers?: boolean
  logger?: FastifyBaseLogger | undefined
}

/** The orchestrator: on one machine with SQLite, on any number of them with PostgreSQL. */
export async function startOrchestrator ({
  home, databaseUrl, database: driver, tasksDir = join(home, 'tasks'), concurrency = 16, leaseDuration = 10_000, batchQuiet = 60_000, retention = { taskDays: 30, archiveDays: 365, auditDays: 1_095 }, budget = noBudget, bounds = storeBounds, metricsBeside,
  gate = null, approverDiffers = false,
  logger = createLogger({ level: 'silent', name: 'orchestrator' }), ...listen
}: OrchestratorOptions): Promise<{ url: string, routes: readonly RouteAccess[], close: () => Promise<void> }> {
  const database = databaseUrl ?? driver
  const folder = resolve(tasksDir)
  makeFolder(resolve(home), 'CORTEX_HOME', 0o700)
  makeFolder(folder, 'TASKS_DIR', 0o700)
  const files = new TaskFiles(folder, logger)
  const { store, dispatcher, credentials } = await openStore({
    folder: resolve(home), database, leaseDuration, bounds, logger, files
  }).catch(async (error: unknown) => {
    await files.close()
    throw error
  })
  const app = buildApp({
    logger,
    files,
    store,
    dispatcher,
    retention,
    metricsBeside,
    credentials,
    gate,
    approverDiffers,
    coordinator: { globalConcurrency: concurrency, budget, leaseDuration, batchQuiet, longestJournal: bounds.journalBytes, deliveriesLast: database !== undefined }
  })
  try {
    return { url: await startService(app, listen, 'ORCHESTRATOR_PORT'), routes: app.routeAccess, close: async () => await app.close() }
  } catch (error) {
    await app.close()
    throw error
  }
}
