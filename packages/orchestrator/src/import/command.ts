import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createLogger, readConfig } from '@cortex/service'
import { OrchestratorConfig } from '../config.ts'
import { openStore } from '../store/open-store.ts'
import type { TaskStore } from '../store/task-store.ts'
import { importFolder } from './import-folder.ts'
import type { ImportReport } from './report.ts'

export { renderReport, toJson, type ImportReport } from './report.ts'

/**
 * Takes the task files of a folder into the store of CORTEX_HOME, or of DATABASE_URL where it is set.
 * @throws CTX_IMPORT_FOLDER_UNREADABLE, CTX_IMPORT_FOLDER_TOO_LARGE, CTX_IMPORT_FOLDER_IN_USE, CTX_STORE_LOCKED, CTX_RESTORE_UNFINISHED, CTX_DATABASE_UNUSABLE
 */
export async function importTasks (env: NodeJS.ProcessEnv, { folder, dryRun, run }: { folder: string, dryRun: boolean, run: boolean }): Promise<ImportReport> {
  const config = readConfig(OrchestratorConfig, env)
  const home = resolve(config.CORTEX_HOME)
  return await importFolder({
    folder,
    tasksDir: resolve(config.TASKS_DIR ?? join(home, 'tasks')),
    dryRun,
    run,
    now: new Date(),
    openStore: () => open(home, config.DATABASE_URL, dryRun)
  })
}

/** Task files are written by the next start, as any that are missing; with PostgreSQL, by the process that keeps them. */
async function open (folder: string, database: string | undefined, dryRun: boolean): Promise<TaskStore | null> {
  if (dryRun && database === undefined && !existsSync(join(folder, 'tasks.db'))) return null
  const logger = createLogger({ level: 'warn', name: 'import' })
  const { store, dispatcher } = await openStore({ folder, database, leaseDuration: 10_000, logger })
  await dispatcher.close()
  return store
}
