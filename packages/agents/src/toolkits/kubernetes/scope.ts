import { outsideScope } from '../../errors.ts'
import type { Kind } from './kinds.ts'

/** What of the cluster may be touched at all, whatever the credentials allow. */
export interface Scope {
  /** Namespaces that may be read and changed. */
  namespaces: readonly string[] | 'all'
  /** What may be done with kinds that belong to no namespace. */
  clusterScoped: 'off' | 'read' | 'change'
}

/** @throws CTX_CLUSTER_SCOPE */
export function checkNamespace ({ namespaces }: Scope, namespace: string): void {
  if (namespaces !== 'all' && !namespaces.includes(namespace)) throw outsideScope(`Namespace ${namespace}`, 'CORTEX_NAMESPACES')
}

/** @throws CTX_CLUSTER_SCOPE */
export function checkClusterScoped ({ clusterScoped }: Scope, { kind }: Kind, use: 'read' | 'change'): void {
  if (clusterScoped === 'off' || (use === 'change' && clusterScoped === 'read')) throw outsideScope(`To ${use} ${kind}, which belongs to no namespace,`, 'CORTEX_CLUSTER_SCOPED')
}

/** `*` for all; empty means the namespace of the context alone. */
export function scopeOf (namespaces: string | undefined, clusterScoped: Scope['clusterScoped'], standard: string): Scope {
  const named = (namespaces ?? '').split(',').map((name) => name.trim()).filter(Boolean)
  return { namespaces: named.includes('*') ? 'all' : named.length > 0 ? named : [standard], clusterScoped }
}
