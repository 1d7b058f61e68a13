import type { ClusterOptions } from './toolkits/cluster.ts'

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
