import { join, resolve } from 'node:path'
import { OrchestratorConfig } from '@cortex/orchestrator/config'
import { readConfig } from '@cortex/service/config'
import { Type } from '@sinclair/typebox'
import type { Place } from './parts.ts'

const { CORTEX_HOME, TASKS_DIR, DATABASE_URL } = OrchestratorConfig.properties
const PlaceConfig = Type.Object({ CORTEX_HOME, TASKS_DIR, DATABASE_URL, CORTEX_WORKSPACE: Type.Optional(Type.String()) })

/** Where Cortex keeps what it keeps, by the settings it starts with. @throws CTX_CONFIG_INVALID */
export function placeOf (env: NodeJS.ProcessEnv): Place {
  const config = readConfig(PlaceConfig, env)
  const home = resolve(config.CORTEX_HOME)
  return {
    home,
    tasksDir: resolve(config.TASKS_DIR ?? join(home, 'tasks')),
    workspace: resolve(config.CORTEX_WORKSPACE ?? join(home, 'workspace')),
    postgres: config.DATABASE_URL !== undefined
  }
}
