import { join, resolve } from 'node:path'
import { checkAddress, checkFolder, checkGuarded, readUsers, storeVersion } from '@cortex/service'
import type { OrchestratorConfig } from './config.ts'
import { ApproverDiffersAlone, RetentionContradicts, StoreTooNew } from './errors.ts'
import { schemaVersion as accessVersion } from './store/sqlite/credential-schema.ts'
import { schemaVersion } from './store/sqlite/schema.ts'

type Checked = Pick<OrchestratorConfig, 'HOST' | 'ORCHESTRATOR_PORT' | 'CORTEX_HOME' | 'TASKS_DIR' | 'DATABASE_URL' | 'TASK_RETENTION' | 'ARCHIVE_RETENTION' | 'CORTEX_APPROVER_DIFFERS' | 'CORTEX_SERVICE_TOKEN' | 'CORTEX_USERS'>

/**
 * Whether the orchestrator can start with these settings, as far as that is known before anything is made or changed.
 * @throws CTX_RETENTION_CONTRADICTS, CTX_APPROVER_DIFFERS_ALONE, CTX_SIGN_IN_MISSING, CTX_USERS_INVALID, CTX_FOLDER_UNUSABLE, CTX_STORE_TOO_NEW, CTX_STORE_UNREADABLE, CTX_DATABASE_UNUSABLE, CTX_DATABASE_TOO_OLD, CTX_ADDRESS_UNUSABLE
 */
export async function checkOrchestrator (config: Checked): Promise<void> {
  const { TASK_RETENTION: taskDays, ARCHIVE_RETENTION: archiveDays, CORTEX_USERS: usersFile } = config
  if (archiveDays < taskDays) throw new RetentionContradicts(archiveDays, taskDays)
  const guarded = config.CORTEX_SERVICE_TOKEN !== undefined || usersFile !== undefined
  if (config.CORTEX_APPROVER_DIFFERS && !guarded) throw new ApproverDiffersAlone()
  checkGuarded(config.HOST, guarded)
  if (usersFile !== undefined) readUsers(usersFile)
  const home = resolve(config.CORTEX_HOME)
  checkFolder(home, 'CORTEX_HOME')
  checkFolder(resolve(config.TASKS_DIR ?? join(home, 'tasks')), config.TASKS_DIR === undefined ? 'CORTEX_HOME' : 'TASKS_DIR')
  if (config.DATABASE_URL === undefined) {
    for (const [name, known] of [['tasks.db', schemaVersion], ['access.db', accessVersion]] as const) {
      const version = storeVersion(join(home, name))
      if (version > known) throw new StoreTooNew(version, known)
    }
  } else await (await import('./store/postgres/look-at-database.ts')).lookAtDatabase(config.DATABASE_URL)
  await checkAddress({ host: config.HOST, port: config.ORCHESTRATOR_PORT }, 'ORCHESTRATOR_PORT')
}
