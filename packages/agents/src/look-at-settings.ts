import { readPolicy } from './policy.ts'
import type { ClusterOptions } from './toolkits/cluster.ts'

/**
 * Reads what an operator wrote, as a start would, and starts nothing.
 * @throws DefinitionFault naming the file and each field at fault
 */
export async function readDefinitions (files: { policy: string | undefined, toolkits: string | undefined }, env: NodeJS.ProcessEnv): Promise<void> {
  if (files.policy !== undefined) await readPolicy(files.policy)
  if (files.toolkits !== undefined) await (await import('./toolkits/outward/toolkits-file.ts')).readToolkitsFile(files.toolkits, env)
}

/**
 * Asks the cluster who it is.
 * @throws CTX_KUBECONFIG_UNUSABLE, CTX_CLUSTER_REFUSED, CTX_CLUSTER_UNREACHABLE
 */
export async function lookAtCluster (options: ClusterOptions, signal: AbortSignal): Promise<{ version: string, helm: string | undefined }> {
  const [{ openCluster }, { Helm }] = await Promise.all([import('./toolkits/kubernetes/index.ts'), import('./toolkits/helm/helm.ts')])
  const { cluster } = openCluster(options)
  const { gitVersion: version } = await cluster.json('GET', '/version', { signal }) as { gitVersion: string }
  return { version, helm: await new Helm({ program: options.helm, kubeconfig: options.kubeconfig, seconds: options.rolloutSeconds }).version() }
}
