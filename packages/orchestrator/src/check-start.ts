import { join, resolve } from 'node:path'
import { checkAddress, checkFolder, checkGuarded, checkRestored, readUsers, storeVersion, type StartCheck } from '@cortex/service'
import type { OrchestratorConfig } from './config.ts'
import { ApproverDiffersAlone, RetentionContradicts, StoreTooNew } from './errors.ts'
import { schemaVersion as accessVersion } from './store/sqlite/credential-schema.ts'
import { schemaVersion } from './store/sqlite/schema.ts'

type Checked = Pick<OrchestratorConfig, 'HOST' | 'ORCHESTRATOR_PORT' | 'CORTEX_HOME' | 'TASKS_DIR' | 'DATABASE_URL' | 'TASK_RETENTION' | 'ARCHIVE_RETENTION' | 'CORTEX_APPROVER_DIFFERS' | 'CORTEX_SERVICE_TOKEN' | 'CORTEX_USERS'>

/**
 * Whether the orchestrator can start with these settings, as far as that is known before anything is made or changed.
 * They throw CTX_RETENTION_CONTRADICTS, CTX_APPROVER_DIFFERS_ALONE, CTX_SIGN_IN_MISSING, CTX_USERS_INVALID, CTX_FOLDER_UNUSABLE, CTX_RESTORE_UNFINISHED, CTX_STORE_TOO_NEW, CTX_STORE_UNREADABLE, CTX_DATABASE_UNUSABLE, CTX_DATABASE_TOO_OLD, CTX_ADDRESS_UNUSABLE.
 */
export function orchestratorChecks (config: Checked): StartCheck[] {
  const { CORTEX_USERS: usersFile, TASKS_DIR: tasksDir } = config
  const home = resolve(config.CORTEX_HOME)
  const guarded = config.CORTEX_SERVICE_TOKEN !== undefined || usersFile !== undefined
  return [
    { about: 'settings', examine: () => checkRetention(config) },
    { about: 'sign-in', examine: () => { if (config.CORTEX_APPROVER_DIFFERS && !guarded) throw new ApproverDiffersAlone() } },
    { about: 'sign-in', examine: () => checkGuarded(config.HOST, guarded) },
    ...usersFile === undefined ? [] : [{ about: 'sign-in' as const, examine: () => readUsers(usersFile) }],
    { about: 'data folder', examine: () => checkFolder(home, 'CORTEX_HOME') },
    { about: 'data folder', examine: () => checkRestored(home) },
    { about: 'data folder', examine: () => checkFolder(resolve(tasksDir ?? join(home, 'tasks')), tasksDir === undefined ? 'CORTEX_HOME' : 'TASKS_DIR') },
    { about: 'store', examine: () => checkStore(home, config.DATABASE_URL) },
    { about: 'ports', examine: () => checkAddress({ host: config.HOST, port: config.ORCHESTRATOR_PORT }, 'ORCHESTRATOR_PORT') }
  ]
}

function checkRetention ({ TASK_RETENTION: taskDays, ARCHIVE_RETENTION: archiveDays }: Checked): void {
  if (archiveDays < taskDays) throw new RetentionContradicts(archiveDays, taskDays)
}

async function checkStore (home: string, databaseUrl: string | undefined): Promise<void> {
  if (databaseUrl !== undefined) {
    await (await import('./store/postgres/look-at-database.ts')).lookAtDatabase(databaseUrl)
    return
  }
  for (const [name, known] of [['tasks.db', schemaVersion], ['access.db', accessVersion]] as const) {
    const version = storeVersion(join(home, name))
    if (version > known) throw new StoreTooNew(version, known)
  }
}
