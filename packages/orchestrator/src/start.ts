import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createLogger, startService, type ListenOptions } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import { buildApp } from './app.ts'
import { InProcessDispatcher } from './store/in-process-dispatcher.ts'
import { SqliteTaskStore } from './store/sqlite/sqlite-task-store.ts'
import { TaskFiles } from './task-files/task-files.ts'

export interface OrchestratorOptions extends ListenOptions {
  /** Data folder; made when missing. */
  home: string
  /** Folder of the task files; `tasks` in the data folder unless given. */
  tasksDir?: string | undefined
  /** Tasks that may run at once, over all masters. */
  concurrency?: number
  /** Milliseconds without a heartbeat after which a worker is taken for lost. */
  leaseDuration?: number
  /** Milliseconds of quiet after which a batch nobody closed is closed. */
  batchQuiet?: number
  logger?: FastifyBaseLogger | undefined
}

/** The orchestrator on one machine: SQLite, task files, delivery within the process. */
export async function startOrchestrator ({
  home, tasksDir = join(home, 'tasks'), concurrency = 16, leaseDuration = 10_000, batchQuiet = 60_000, logger = createLogger({ level: 'silent', name: 'orchestrator' }), ...listen
}: OrchestratorOptions): Promise<{ url: string, close: () => Promise<void> }> {
  const folder = resolve(tasksDir)
  mkdirSync(folder, { recursive: true })
  const files = new TaskFiles(folder, logger)
  const store = await openStore(resolve(home), files)
  const app = buildApp({
    logger,
    files,
    store,
    dispatcher: new InProcessDispatcher(),
    coordinator: { globalConcurrency: concurrency, leaseDuration, batchQuiet, keptEvents: 100_000 }
  })
  try {
    return { url: await startService(app, listen), close: async () => await app.close() }
  } catch (error) {
    await app.close()
    throw error
  }
}

async function openStore (folder: string, files: TaskFiles): Promise<SqliteTaskStore> {
  try {
    return new SqliteTaskStore({ folder, beforeCreate: (tasks) => files.writeNew(tasks), uncreated: (tasks) => files.remove(tasks) })
  } catch (error) {
    await files.close()
    throw error
  }
}
