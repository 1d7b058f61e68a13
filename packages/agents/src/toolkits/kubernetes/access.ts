import { Type } from '@sinclair/typebox'
import { objectMissing } from '../../errors.ts'
import type { Cluster } from './cluster.ts'
import { pathOf, type Kinds, type Place } from './kinds.ts'
import { asObject, type KubernetesObject } from './object.ts'
import { absent } from './refusal.ts'
import { checkClusterScoped, checkNamespace, type Scope } from './scope.ts'

/** The cluster, and what of it may be touched. */
export interface Access {
  cluster: Cluster
  kinds: Kinds
  scope: Scope
  /** Milliseconds a rollout or a deletion may take. */
  patience: number
}

/** As a tool is told it. */
export interface PlaceInput { kind: string, api_version?: string, namespace?: string, name: string }

export const namespaceInput = Type.String({ pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63, description: 'Without one: the namespace of the connection' })
export const nameInput = Type.String({ pattern: '^[A-Za-z0-9]([-A-Za-z0-9._:]*[A-Za-z0-9])?$', maxLength: 253 })
export const kindFields = {
  kind: Type.String({ minLength: 1, maxLength: 253, description: 'As in Deployment, or deployments, deploy' }),
  api_version: Type.Optional(Type.String({ pattern: '^([a-z0-9.-]+/)?v[a-z0-9]+$', maxLength: 253, description: 'As in apps/v1; only where several groups have a kind of this name' }))
}
export const placeFields = { ...kindFields, namespace: Type.Optional(namespaceInput), name: nameInput }

/** @throws CTX_KIND_UNKNOWN, CTX_CLUSTER_SCOPE */
export async function locate ({ kinds, cluster, scope }: Access, { kind: kindName, api_version: apiVersion, namespace, name }: PlaceInput, use: 'read' | 'change'): Promise<Place> {
  const kind = await kinds.find(kindName, apiVersion)
  if (!kind.namespaced) {
    checkClusterScoped(scope, kind, use)
    return { kind, namespace: null, name }
  }
  const within = namespace ?? cluster.namespace
  checkNamespace(scope, within)
  return { kind, namespace: within, name }
}

/** What a person, the policy and a change set call it; a policy may say `namespace/payments/**`. */
export function targetOf ({ kind: { kind, group }, namespace, name }: Place): string {
  const named = `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${name}`
  return namespace === null ? `cluster/${named}` : `namespace/${namespace}/${named}`
}

/** null when it is not there. */
export async function findObject ({ cluster }: Access, { kind, namespace, name }: Place, signal: AbortSignal): Promise<KubernetesObject | null> {
  const found = await cluster.json('GET', pathOf(kind, namespace, name), { signal }).catch(absent)
  return found === null ? null : asObject(found)
}

/** @throws CTX_OBJECT_NOT_FOUND */
export async function readObject (access: Access, place: Place, signal: AbortSignal): Promise<KubernetesObject> {
  const found = await findObject(access, place, signal)
  if (!found) throw objectMissing(targetOf(place))
  return found
}
