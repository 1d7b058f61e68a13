import type { Toolkit } from '../../toolkit.ts'
import type { Access } from './access.ts'
import { applyChanges, movedObjects } from './apply.ts'
import { changeTools } from './changes.ts'
import { Cluster } from './cluster.ts'
import { Kinds } from './kinds.ts'
import { kubernetesToolkitId } from './plan.ts'
import { planObjectsBack } from './plan-back.ts'
import { readTools } from './reads.ts'
import { scanTool } from './scan.ts'
import { scopeOf, type Scope } from './scope.ts'
import { undoChanges } from './undo.ts'
import { verifyChanges } from './verify.ts'

export interface KubernetesOptions {
  /** Kubeconfig files, separated as in PATH; undefined: the service account of the pod this runs in. */
  kubeconfig: string | undefined
  /** Namespaces that may be touched, separated by commas; `*` for all; undefined: that of the connection alone. */
  namespaces: string | undefined
  clusterScoped: Scope['clusterScoped']
  /** Seconds a rollout or a deletion may take. */
  rolloutSeconds: number
}

/** @throws CTX_KUBECONFIG_UNUSABLE */
export function openCluster ({ kubeconfig, namespaces, clusterScoped, rolloutSeconds }: KubernetesOptions): Access {
  const cluster = new Cluster(kubeconfig)
  return { cluster, kinds: new Kinds(cluster), scope: scopeOf(namespaces, clusterScoped, cluster.namespace), patience: rolloutSeconds * 1_000 }
}

/** Objects of one cluster: read as they are, changed by what the server has tried out and a person has approved. */
export function createKubernetesToolkit (access: Access): Toolkit {
  return {
    id: kubernetesToolkitId,
    tools: [...readTools(access), scanTool(access), ...changeTools(access)],
    moved: (request) => movedObjects(access, request),
    apply: (request) => applyChanges(access, request),
    verify: (plans, _, signal) => verifyChanges(access, plans, signal),
    planBack: (changes, context) => planObjectsBack(access, changes, context),
    undo: (request) => undoChanges(access, request)
  }
}
