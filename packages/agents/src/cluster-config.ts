import { existsSync } from 'node:fs'
import { Type, type Static, type TObject } from '@sinclair/typebox'
import { choice } from './schema.ts'
import type { ClusterOptions } from './toolkits/cluster.ts'

/** Settings of the kubernetes and helm toolkits, the same for agents of their own and for all in one process. */
export const clusterSettings = {
  KUBECONFIG: Type.Optional(Type.String({ description: 'Kubeconfig: the kubernetes toolkit joins, and helm where there is one; ~/.kube/config is never used unasked' })),
  KUBERNETES_SERVICE_HOST: Type.Optional(Type.String({ description: 'Set by Kubernetes in a pod; with a mounted service account token the kubernetes toolkit joins by it' })),
  CORTEX_NAMESPACES: Type.Optional(Type.String({ description: 'Namespaces tasks may read and change, separated by commas; * for all; the one of the kubeconfig\'s context unless set' })),
  CORTEX_CLUSTER_SCOPED: Type.Unsafe<'off' | 'read' | 'change'>({ ...choice(['off', 'read', 'change']), default: 'off', description: 'What tasks may do with kinds that belong to no namespace: off, read or change' }),
  CORTEX_ROLLOUT_SECONDS: Type.Integer({ minimum: 1, maximum: 3_600, default: 300, description: 'Time a rollout or a deletion may take before it counts as failed and is undone' }),
  CORTEX_HELM: Type.String({ default: 'helm', description: 'The helm program (3.17 or newer); the helm toolkit joins where it is found and the kubernetes toolkit is there' })
}

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** undefined: no cluster is configured, so nothing of its toolkits is loaded. */
export function clusterOf (config: Static<TObject<typeof clusterSettings>>): ClusterOptions | undefined {
  const inPod = config.KUBERNETES_SERVICE_HOST !== undefined && existsSync(serviceAccountToken)
  if (config.KUBECONFIG === undefined && !inPod) return undefined
  return {
    kubeconfig: config.KUBECONFIG,
    namespaces: config.CORTEX_NAMESPACES,
    clusterScoped: config.CORTEX_CLUSTER_SCOPED,
    rolloutSeconds: config.CORTEX_ROLLOUT_SECONDS,
    helm: config.CORTEX_HELM
  }
}
