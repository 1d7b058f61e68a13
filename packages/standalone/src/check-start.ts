import { join, resolve } from 'node:path'
import { agentChecks, idleSettings } from '@cortex/agents'
import { chatChecks, chatModelOf } from '@cortex/chat'
import { chatModelSettings } from '@cortex/chat/config'
import { orchestratorChecks } from '@cortex/orchestrator'
import { checkFolder, ConfigError, type StartCheck } from '@cortex/service'
import type { Logger } from 'pino'
import { StandaloneConfig } from './config.ts'

export { discoverProvider } from '@cortex/chat'

/** Where agents work, as an absolute path. */
export function workspaceOf ({ CORTEX_HOME: home, CORTEX_WORKSPACE: given }: Pick<StandaloneConfig, 'CORTEX_HOME' | 'CORTEX_WORKSPACE'>): string {
  return resolve(given ?? join(home, 'workspace'))
}

/** Claude when there is a key, a server of open models when there is an address alone, rules without either. */
export function modelKindOf ({ ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseUrl, CORTEX_MODEL_KIND: kind }: StandaloneConfig): 'claude' | 'local' | 'rules' {
  if (!apiKey && !baseUrl) return 'rules'
  return kind ?? (apiKey ? 'claude' : 'local')
}

/** Settings that are given and count for nothing beside the others, in sentences. */
export function settingsForNothing (config: StandaloneConfig): string[] {
  const { CORTEX_MODEL_KIND } = StandaloneConfig.properties
  return idleSettings(config, { ...chatModelSettings, CORTEX_MODEL_KIND })
}

/**
 * Whether all parts can start with these settings, as far as that is known before anything is made or changed: a start that is refused leaves everything as it
 * was. The data folder comes first, for others lie in it; what takes longest comes last.
 */
export function startChecks (config: StandaloneConfig, logger: Logger): StartCheck[] {
  // One key serves both: the chat asks whether it counts.
  const { ANTHROPIC_API_KEY: _, ...rest } = config
  return [
    { about: 'settings', examine: () => checkPorts(config) },
    { about: 'data folder', examine: () => checkFolder(resolve(config.CORTEX_HOME), 'CORTEX_HOME') },
    ...agentChecks(rest, { workspace: workspaceOf(config), logger }),
    ...orchestratorChecks(config),
    { about: 'settings', examine: () => { chatModelOf(modelKindOf(config), config) } },
    ...chatChecks(config, logger)
  ]
}

/** Each of them is free before the other is listened on. */
function checkPorts ({ PORT: port, ORCHESTRATOR_PORT: other }: StandaloneConfig): void {
  if (port === other && port !== 0) throw new ConfigError(`PORT and ORCHESTRATOR_PORT are both ${port}; set one of them to another port`)
}
