import { randomBytes } from 'node:crypto'
import { Cluster } from '../../src/toolkits/kubernetes/cluster.ts'
import { createKubernetesToolkit, openCluster, type KubernetesOptions } from '../../src/toolkits/kubernetes/index.ts'
import type { KubernetesObject } from '../../src/toolkits/kubernetes/object.ts'
import type { Toolkit } from '../../src/toolkit.ts'
import type { TestOwner } from '../workspace.ts'
import { startApiServer, type ApiServerStandIn } from './api-server-stand-in.ts'

export interface TestCluster {
  kubeconfig: string
  namespace: string
  /** null: a real cluster, which cannot be told to fail. */
  standIn: ApiServerStandIn | null
  toolkit (options?: Partial<KubernetesOptions>): Toolkit
  /** As another program does it, by a field manager of its own. */
  write (object: object, manager?: string): Promise<void>
  remove (path: string): Promise<void>
  /** As the server has it; null: it has not. `path` within the namespace, as in `apps/v1/deployments/web`. */
  read (path: string): Promise<KubernetesObject | null>
}

/** A namespace of its own: in the cluster TEST_KUBECONFIG names, else in a stand-in. */
export async function startCluster (t: TestOwner): Promise<TestCluster> {
  const real = process.env.TEST_KUBECONFIG
  const standIn = real === undefined ? await startApiServer(t) : null
  const kubeconfig = standIn?.kubeconfig ?? real!
  const cluster = new Cluster(kubeconfig)
  const namespace = standIn ? 'web' : `cortex-test-${randomBytes(4).toString('hex')}`
  await cluster.json('POST', '/api/v1/namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } } })
  if (!standIn) t.teardown(async () => { await cluster.json('DELETE', `/api/v1/namespaces/${namespace}`) })
  const pathOf = (path: string) => {
    const parts = path.split('/')
    const [plural, name] = parts.splice(-2)
    return `${parts.length === 1 ? '/api' : '/apis'}/${parts.join('/')}/namespaces/${namespace}/${plural}/${name}`
  }
  return {
    kubeconfig,
    namespace,
    standIn,
    toolkit: (options = {}) => createKubernetesToolkit(openCluster({ kubeconfig, namespaces: namespace, clusterScoped: 'off', rolloutSeconds: standIn ? 10 : 120, ...options })),
    async write (object, manager = 'kubectl-edit') {
      const { apiVersion, kind, metadata: { name } } = object as KubernetesObject
      await cluster.json('PATCH', pathOf(`${apiVersion}/${kind.toLowerCase()}s/${name}`), { type: 'application/apply-patch+yaml', body: object, query: { fieldManager: manager, force: true } })
    },
    async remove (path) { await cluster.json('DELETE', pathOf(path)) },
    read: async (path) => await cluster.json('GET', pathOf(path)).catch(() => null) as KubernetesObject | null
  }
}

export function configMap (name: string, entries: Record<string, string>): KubernetesObject & { data: Record<string, string> } {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: entries }
}

export function deployment (name: string, { image = 'registry.k8s.io/pause:3.9', replicas = 1 } = {}): KubernetesObject {
  const labels = { app: name }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } } } }
}
