import type { TProperties } from '@sinclair/typebox'
import { clusterOf, clusterSettings } from './cluster-config.ts'
import { AgentsConfig } from './config.ts'

type Asked = Parameters<typeof clusterOf>[0] & Pick<AgentsConfig, 'ANTHROPIC_API_KEY' | 'ANTHROPIC_BASE_URL'>

const { KUBECONFIG: _file, KUBERNETES_SERVICE_HOST: _host, ...ofCluster } = clusterSettings
const { CORTEX_WORKER_MODEL, CORTEX_WORKER_CONTEXT } = AgentsConfig.properties

/**
 * Settings that are given and count for nothing beside the others, in sentences: most likely whoever gave them awaits something of them.
 * @param ofModels further ones that are about models
 */
export function idleSettings (config: Asked, ofModels: TProperties = {}): string[] {
  const noModel = config.ANTHROPIC_API_KEY === undefined && config.ANTHROPIC_BASE_URL === undefined
  return [
    ...noModel ? sentence(given({ ...ofModels, CORTEX_WORKER_MODEL, CORTEX_WORKER_CONTEXT }, config), 'rules plan and runbooks work, without a model; set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL') : [],
    ...clusterOf(config) === undefined ? sentence(given(ofCluster, config), 'no cluster is configured; set KUBECONFIG') : []
  ]
}

function given (settings: TProperties, config: object): string[] {
  const values = config as Readonly<Record<string, unknown>>
  return Object.entries(settings).filter(([name, { default: standard }]) => values[name] !== standard).map(([name]) => name)
}

function sentence (names: readonly string[], why: string): string[] {
  return names.length === 0 ? [] : [`${names.join(', ')} ${names.length === 1 ? 'counts' : 'count'} for nothing: ${why}, or leave ${names.length === 1 ? 'it' : 'them'} out`]
}
