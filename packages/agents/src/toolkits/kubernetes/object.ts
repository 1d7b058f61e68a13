import { createHash } from 'node:crypto'
import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { canonicalJson } from '@cortex/contracts'
import { clusterUnreachable } from '../../errors.ts'

const Texts = Type.Record(Type.String(), Type.String())

/** Any object of any kind, with what all have in common; it has more fields than these. */
export const KubernetesObject = Type.Object({
  apiVersion: Type.String({ minLength: 1 }),
  kind: Type.String({ minLength: 1 }),
  metadata: Type.Object({
    name: Type.String({ minLength: 1 }),
    namespace: Type.Optional(Type.String()),
    labels: Type.Optional(Texts),
    annotations: Type.Optional(Texts),
    uid: Type.Optional(Type.String()),
    resourceVersion: Type.Optional(Type.String()),
    generation: Type.Optional(Type.Integer()),
    deletionTimestamp: Type.Optional(Type.String())
  }),
  spec: Type.Optional(Type.Unknown()),
  status: Type.Optional(Type.Unknown())
})
export type KubernetesObject = Static<typeof KubernetesObject>

/** Annotations that name the change set that last applied or patched an object. Two, since what one way sets belongs to another field manager's entry. */
export const planAnnotations = { apply: 'cortex-apply', patch: 'cortex-patch' } as const

const noisyMetadata = ['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink']
const bookkeeping = ['kubectl.kubernetes.io/last-applied-configuration', 'deployment.kubernetes.io/revision']
/** Annotations no diff shows. What a person approves may set none of them. */
export const noisyAnnotations: readonly string[] = [...bookkeeping, ...Object.values(planAnnotations)]

/** @throws CTX_CLUSTER_UNREACHABLE when a server answered something else */
export function asObject (value: unknown): KubernetesObject {
  if (!Value.Check(KubernetesObject, value)) throw clusterUnreachable('what it answered is no Kubernetes object')
  return value
}

/** What somebody wanted the object to be: without what the server and its controllers write into it, and without our own marks. */
export function withoutNoise (object: KubernetesObject): KubernetesObject {
  const { status, ...content } = object
  return { ...content, metadata: quietMetadata(object.metadata) }
}

/** The same for two objects that are the same but for noise. */
export function contentHash (object: KubernetesObject): string {
  return `sha256:${createHash('sha256').update(canonicalJson(withoutNoise(object))).digest('hex')}`
}

/** Annotations other programs keep in it for themselves. */
export function bookkeepingIn ({ metadata: { annotations = {} } }: KubernetesObject): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => bookkeeping.includes(key)))
}

/** Whether it was this change set that last changed the object. */
export function carriesPlan ({ metadata: { annotations = {} } }: KubernetesObject, planHash: string): boolean {
  return Object.values(planAnnotations).some((key) => annotations[key] === planHash)
}

/** The change set that last applied it, by its hash. */
export function planIn ({ metadata: { annotations = {} } }: KubernetesObject): string | undefined {
  return annotations[planAnnotations.apply]
}

function quietMetadata (metadata: KubernetesObject['metadata']): KubernetesObject['metadata'] {
  const { annotations = {}, ...rest } = metadata
  const kept = Object.entries(annotations).filter(([key]) => !noisyAnnotations.includes(key))
  const quiet = { ...rest, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) }
  return { ...quiet, ...Object.fromEntries(noisyMetadata.map((key) => [key, undefined])) }
}
