import type { Logger } from 'pino'
import type { Toolkit } from '../toolkit.ts'
import type { KubernetesOptions } from './kubernetes/index.ts'
import type { Repository } from './workspace/repository.ts'

export interface ClusterOptions extends KubernetesOptions {
  /** The helm program: a path, or a name to be found in PATH. */
  helm: string
}

/**
 * The toolkits of a cluster, loaded only where one is configured; helm only where the program is found.
 * @throws CTX_KUBECONFIG_UNUSABLE
 */
export async function createClusterToolkits (options: ClusterOptions, repository: Repository, logger: Logger): Promise<Toolkit[]> {
  const [{ createKubernetesToolkit, openCluster }, { Helm }, { createHelmToolkit }] = await Promise.all([import('./kubernetes/index.ts'), import('./helm/helm.ts'), import('./helm/index.ts')])
  const access = openCluster(options)
  const helm = new Helm({ program: options.helm, kubeconfig: options.kubeconfig, seconds: options.rolloutSeconds })
  const version = await helm.version()
  logger.info({ namespaces: access.scope.namespaces, cluster_scoped: access.scope.clusterScoped, helm: version ?? 'not found' }, 'the cluster may be read and changed')
  return [createKubernetesToolkit(access), ...version === undefined ? [] : [createHelmToolkit({ helm, access, repository })]]
}
