import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { changeSetCorrupt } from '../../errors.ts'
import type { Plan } from '../../toolkit.ts'
import type { Access } from './access.ts'
import { pathOf } from './kinds.ts'
import { asObject, planAnnotations, type KubernetesObject } from './object.ts'

export const fieldManager = 'cortex'

const Kind = Type.Object({ apiVersion: Type.String(), group: Type.String(), kind: Type.String(), plural: Type.String(), namespaced: Type.Boolean(), names: Type.Array(Type.String()) })

/** One request to the API server, as a change set keeps it. */
export const ObjectChange = Type.Object({
  place: Type.Object({ kind: Kind, namespace: Type.Union([Type.String(), Type.Null()]), name: Type.String() }),
  way: Type.Union([Type.Literal('apply'), Type.Literal('patch'), Type.Literal('delete')]),
  /** The manifest, or the merge patch; null deletes. */
  body: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
  /** Takes over fields that others look after. */
  force: Type.Boolean(),
  /** Content hash of what the dry run said would come of it; null: nothing. */
  result: Type.Union([Type.String(), Type.Null()])
})
export type ObjectChange = Static<typeof ObjectChange>

export interface SendOptions {
  signal: AbortSignal
  /** Only judged by the server, not made. */
  dryRun?: boolean
  /** Refused by the server with 409 when the object has another by now. An apply is created by a version alone where nothing is; by a uid it is not. */
  resourceVersion?: string | undefined
  uid?: string | undefined
  /** Written into the object, so that a later run finds what this one did. */
  planHash?: string | undefined
}

const bodyTypes = { apply: 'application/apply-patch+yaml', patch: 'application/merge-patch+json' }

export function changeOf ({ arguments: change }: Pick<Plan, 'arguments'>): ObjectChange {
  if (!Value.Check(ObjectChange, change)) throw changeSetCorrupt()
  return change
}

/** Asks the server for a change; answers what the object is then, or null when it is deleted. @throws CTX_CLUSTER_REFUSED, CTX_CLUSTER_UNREACHABLE */
export async function send ({ cluster }: Access, { place, way, body, force }: Omit<ObjectChange, 'result'>, options: SendOptions): Promise<KubernetesObject | null> {
  const { signal, dryRun = false } = options
  const path = pathOf(place.kind, place.namespace, place.name)
  if (way === 'delete') {
    await cluster.json('DELETE', path, { signal, body: deleteOptions(options) })
    return null
  }
  const query = { fieldManager, fieldValidation: 'Strict', ...(dryRun && { dryRun: 'All' }), ...(way === 'apply' && { force }) }
  return asObject(await cluster.json('PATCH', path, { signal, query, type: bodyTypes[way], body: marked(body ?? {}, way, options) }))
}

/** Makes an object that is not there. One that is there by now is left as it is: the server answers 409. @throws CTX_CLUSTER_REFUSED, CTX_CLUSTER_UNREACHABLE */
export async function create ({ cluster }: Access, { place: { kind, namespace }, body }: ObjectChange, { signal, planHash }: SendOptions): Promise<KubernetesObject> {
  return asObject(await cluster.json('POST', pathOf(kind, namespace), { signal, query: { fieldManager, fieldValidation: 'Strict' }, body: marked(body ?? {}, 'apply', { signal, planHash }) }))
}

/** The object's dependents go in the background, as with kubectl. */
export function deleteOptions ({ dryRun = false, resourceVersion, uid }: Omit<SendOptions, 'signal'>): object {
  return { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', preconditions: { resourceVersion, uid }, ...(dryRun && { dryRun: ['All'] }) }
}

function marked (body: Record<string, unknown>, way: 'apply' | 'patch', { resourceVersion, uid, planHash }: SendOptions): Record<string, unknown> {
  const metadata = recordIn(body.metadata)
  const annotations = { ...recordIn(metadata.annotations), ...(planHash !== undefined && { [planAnnotations[way]]: planHash }) }
  return { ...body, metadata: { ...metadata, ...(resourceVersion !== undefined && { resourceVersion }), ...(uid !== undefined && { uid }), ...(planHash !== undefined && { annotations }) } }
}

export function recordIn (value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
}
