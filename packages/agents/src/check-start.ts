import { dirname, resolve } from 'node:path'
import { checkAddress, checkKey, checkRestored, ConfigError, readPrices, type StartCheck } from '@cortex/service'
import type { Logger } from 'pino'
import { clusterOf } from './cluster-config.ts'
import { standardWorkerModel, type AgentsConfig } from './config.ts'
import { openEquipment } from './equipment.ts'
import { knownClusterToolkits, knownToolkits } from './known-toolkits.ts'
import { onlyMasters } from './master.ts'
import { readPolicy } from './policy.ts'
import { foldersIn } from './runbook/runbook.ts'
import { Repository } from './toolkits/workspace/repository.ts'

type Checked = Parameters<typeof clusterOf>[0] & Pick<AgentsConfig, 'HOST' | 'AGENTS_PORT' | 'CORTEX_HOME' | 'CORTEX_WORKSPACE' | 'CORTEX_MAKE_WORKSPACE' | 'CORTEX_POLICY' | 'CORTEX_TOOLKITS' | 'CORTEX_MASTERS' | 'CORTEX_RUNBOOKS' | 'CORTEX_ONLY_MASTERS' | 'CORTEX_PRICES' | 'ANTHROPIC_API_KEY' | 'ANTHROPIC_BASE_URL'>

/**
 * Whether agents can start with these settings, as far as that is known before anything is made or changed. Runbooks and masters are looked at with the
 * tools that are known without starting MCP servers; with such servers, whole only when those are started.
 * They throw CTX_DEFINITION_INVALID, CTX_PRICES_INVALID, CTX_KUBECONFIG_UNUSABLE, CTX_RESTORE_UNFINISHED, CTX_WORKSPACE_UNUSABLE, CTX_MASTER_MISSING, CTX_ADDRESS_UNUSABLE, CTX_KEY_REFUSED.
 */
export function agentChecks (config: Checked, { workspace, logger }: { workspace: string, logger: Logger }): StartCheck[] {
  const { AGENTS_PORT: port, ANTHROPIC_API_KEY: apiKey } = config
  return [
    { about: 'settings', examine: () => readPolicy(config.CORTEX_POLICY) },
    { about: 'settings', examine: () => readPrices(config.CORTEX_PRICES) },
    { about: 'cluster', examine: () => checkCluster(config) },
    { about: 'settings', examine: () => checkDefinitions(config, logger) },
    ...[resolve(config.CORTEX_HOME), dirname(resolve(workspace))].map((folder) => ({ about: 'workspace' as const, examine: () => checkRestored(folder) })),
    { about: 'workspace', examine: () => Repository.unopened(workspace).check({ mayMake: config.CORTEX_WORKSPACE === undefined || config.CORTEX_MAKE_WORKSPACE }) },
    ...port === undefined ? [] : [{ about: 'ports' as const, examine: () => checkAddress({ host: config.HOST, port }, 'AGENTS_PORT') }],
    ...apiKey === undefined ? [] : [{ about: 'key' as const, examine: () => checkKey({ apiKey, baseUrl: config.ANTHROPIC_BASE_URL }, logger) }]
  ]
}

async function checkCluster (config: Checked): Promise<void> {
  const cluster = clusterOf(config)
  if (cluster) (await import('./toolkits/kubernetes/index.ts')).openCluster(cluster)
}

async function checkDefinitions (config: Checked, logger: Logger): Promise<void> {
  const { CORTEX_TOOLKITS: toolkitsFile, CORTEX_MASTERS: mastersFolder, CORTEX_RUNBOOKS: runbooksFolder } = config
  const toolkits = toolkitsFile === undefined ? undefined : await (await import('./toolkits/outward/toolkits-file.ts')).readToolkitsFile(toolkitsFile, process.env)
  if (toolkits?.mcp) {
    for (const folder of [mastersFolder, runbooksFolder]) if (folder !== undefined) await foldersIn(folder)
    return
  }
  const fixed = [...knownToolkits(), ...clusterOf(config) ? await knownClusterToolkits() : []]
  const equipment = await openEquipment(toolkitsFile, { fixed, mastersFolder, runbooksFolder, logger })
  await equipment.retire()
  onlyMasters(equipment.masters, masterIdsOf(config))
}

/** undefined: all there are. */
export function masterIdsOf ({ CORTEX_ONLY_MASTERS: ids }: Pick<AgentsConfig, 'CORTEX_ONLY_MASTERS'>): string[] | undefined {
  return ids?.split(',').map((id) => id.trim())
}

/** null: runbooks alone. A server of open models has none that everybody has, so there it must be named. @throws CTX_CONFIG_INVALID */
export function workerModelOf ({ ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseUrl, CORTEX_WORKER_MODEL: named, CORTEX_MODEL: chat }: Partial<AgentsConfig>): string | null {
  if (apiKey === undefined && baseUrl === undefined) return null
  if (apiKey !== undefined) return named ?? standardWorkerModel
  const model = named ?? chat
  if (model === undefined) throw new ConfigError('CORTEX_WORKER_MODEL or CORTEX_MODEL must name a model that the server at ANTHROPIC_BASE_URL has')
  return model
}
