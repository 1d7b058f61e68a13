import { outsideScope } from '../../errors.ts'
import type { Plan, Touch } from '../../toolkit.ts'
import type { Kind, Place } from './kinds.ts'

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

/** A namespace that goes takes all with it that is in it, so that counts as well. @throws CTX_CLUSTER_SCOPE */
export function checkChange (scope: Scope, place: Place, verb: Plan['verb']): void {
  if (place.namespace === null) checkClusterScoped(scope, place.kind, 'change')
  else checkNamespace(scope, place.namespace)
  if (verb === 'delete' && isNamespace(place)) checkNamespace(scope, place.name)
}

/** What changes along with an object, as the policy names it. */
export function touchedWith (place: Place, verb: Plan['verb']): Touch[] {
  return verb === 'delete' && isNamespace(place) ? [{ target: `namespace/${place.name}/namespace/${place.name}`, verb }] : []
}

/** The same of a change that is only asked about, by the target's name. */
export function touchedByName (target: string, verb: Plan['verb'] | undefined): Touch[] {
  const name = /^cluster\/namespace\/([^/]+)$/.exec(target)?.[1]
  return verb === 'delete' && name !== undefined ? [{ target: `namespace/${name}/namespace/${name}`, verb }] : []
}

function isNamespace ({ kind: { kind, group } }: Place): boolean {
  return kind === 'Namespace' && group === ''
}

/** `*` for all; empty means the namespace of the context alone. */
export function scopeOf (namespaces: string | undefined, clusterScoped: Scope['clusterScoped'], standard: string): Scope {
  const named = (namespaces ?? '').split(',').map((name) => name.trim()).filter(Boolean)
  return { namespaces: named.includes('*') ? 'all' : named.length > 0 ? named : [standard], clusterScoped }
}
