import { join, resolve } from 'node:path'
import { checkAgents } from '@cortex/agents'
import { chatModelOf, checkChat } from '@cortex/chat'
import { checkOrchestrator } from '@cortex/orchestrator'
import type { Logger } from 'pino'
import type { StandaloneConfig } from './config.ts'

/** Where agents work, as an absolute path. */
export function workspaceOf ({ CORTEX_HOME: home, CORTEX_WORKSPACE: given }: Pick<StandaloneConfig, 'CORTEX_HOME' | 'CORTEX_WORKSPACE'>): string {
  return resolve(given ?? join(home, 'workspace'))
}

/** Claude when there is a key, a server of open models when there is an address alone, rules without either. */
export function modelKindOf ({ ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseUrl, CORTEX_MODEL_KIND: kind }: StandaloneConfig): 'claude' | 'local' | 'rules' {
  if (!apiKey && !baseUrl) return 'rules'
  return kind ?? (apiKey ? 'claude' : 'local')
}

/**
 * Whether all parts can start with these settings, as far as that is known before anything is made or changed: a start that is refused leaves everything as it
 * was. What takes longest comes last.
 * @throws whatever one of the parts finds, with the variable to change
 */
export async function checkStart (config: StandaloneConfig, logger: Logger): Promise<void> {
  // One key serves both: the chat asks whether it counts.
  const { ANTHROPIC_API_KEY: _, ...rest } = config
  await checkAgents(rest, { workspace: workspaceOf(config), logger })
  await checkOrchestrator(config)
  chatModelOf(modelKindOf(config), config)
  await checkChat(config, logger)
}
