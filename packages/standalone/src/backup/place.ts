import { join, relative, resolve } from 'node:path'
import { OrchestratorConfig } from '@cortex/orchestrator/config'
import { readConfig } from '@cortex/service/config'
import { ConfigError } from '@cortex/service/errors'
import { Type } from '@sinclair/typebox'
import type { Place } from './parts.ts'

const { CORTEX_HOME, TASKS_DIR, DATABASE_URL } = OrchestratorConfig.properties
/** What backup and restore read. */
export const PlaceConfig = Type.Object({
  CORTEX_HOME,
  TASKS_DIR,
  DATABASE_URL,
  CORTEX_WORKSPACE: Type.Optional(Type.String()),
  CHAT_HOME: Type.Optional(Type.String({ description: 'For backup, restore and doctor: folder of the chat\'s store where it is another than CORTEX_HOME, as in Kubernetes' }))
})

/** Where Cortex keeps what it keeps, by the settings it starts with. @throws CTX_CONFIG_INVALID */
export function placeOf (env: NodeJS.ProcessEnv): Place {
  const config = readConfig(PlaceConfig, env)
  const home = resolve(config.CORTEX_HOME)
  const chatHome = resolve(config.CHAT_HOME ?? home)
  // A folder that moves with the other could not be moved by itself.
  if (chatHome !== home && !relative(home, chatHome).startsWith('..')) throw new ConfigError(`CHAT_HOME ${chatHome} must not lie in CORTEX_HOME`)
  return {
    home,
    chatHome,
    tasksDir: resolve(config.TASKS_DIR ?? join(home, 'tasks')),
    workspace: resolve(config.CORTEX_WORKSPACE ?? join(home, 'workspace')),
    postgres: config.DATABASE_URL !== undefined
  }
}
