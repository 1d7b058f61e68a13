import { setTimeout as sleep } from 'node:timers/promises'
import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { rolloutUnfinished } from '../../errors.ts'
import { findObject, targetOf, type Access } from './access.ts'
import { pathOf, type Place } from './kinds.ts'
import { asObject, type KubernetesObject } from './object.ts'
import { whyPodsWait } from './pods.ts'

const Count = Type.Optional(Type.Integer())
const Workload = Type.Object({
  spec: Type.Object({ replicas: Count }),
  status: Type.Optional(Type.Object({
    observedGeneration: Count,
    replicas: Count,
    updatedReplicas: Count,
    readyReplicas: Count,
    availableReplicas: Count,
    desiredNumberScheduled: Count,
    updatedNumberScheduled: Count,
    numberAvailable: Count,
    conditions: Type.Optional(Type.Array(Type.Object({ type: Type.String(), status: Type.String(), reason: Type.Optional(Type.String()), message: Type.Optional(Type.String()) })))
  }))
})
type Status = NonNullable<Static<typeof Workload>['status']>

interface Standing { done: boolean, failed: boolean, words: string }

/** How far a rollout is; null for kinds that have none. */
export function rolloutOf (object: KubernetesObject): Standing | null {
  if (!object.apiVersion.startsWith('apps/') || !['Deployment', 'StatefulSet', 'DaemonSet'].includes(object.kind) || !Value.Check(Workload, object)) return null
  const { spec: { replicas: wanted = 1 }, status = {} } = object
  if ((status.observedGeneration ?? 0) < (object.metadata.generation ?? 1)) return { done: false, failed: false, words: 'its controller has not looked at it yet' }
  if (object.kind === 'DaemonSet') return daemonsOf(status)
  const { replicas = 0, updatedReplicas = 0 } = status
  const available = (object.kind === 'Deployment' ? status.availableReplicas : status.readyReplicas) ?? 0
  const progress = status.conditions?.find(({ type }) => type === 'Progressing')
  const failed = progress?.reason === 'ProgressDeadlineExceeded'
  return {
    done: updatedReplicas >= wanted && replicas <= Math.max(wanted, updatedReplicas) && available >= wanted,
    failed,
    words: `${updatedReplicas} of ${wanted} replicas updated, ${available} available${failed ? `; ${progress?.message ?? 'its deadline is over'}` : ''}`
  }
}

/**
 * Watches until every pod is as the object says now.
 * @throws CTX_ROLLOUT_UNFINISHED when it fails or takes longer than it may
 */
export async function awaitRollout (access: Access, place: Place, signal: AbortSignal): Promise<string> {
  let last = 'nothing was seen of it'
  const settled = await awaitObject(access, place, signal, (object) => {
    const standing = object && rolloutOf(object)
    if (!standing) return true
    last = standing.words
    return standing.done || standing.failed
  })
  const standing = settled && rolloutOf(settled)
  if (settled === undefined || (standing && !standing.done)) {
    const reasons = await whyPodsWait(access, place, signal)
    const limit = settled === undefined ? `after ${access.patience / 1_000} s ` : ''
    throw rolloutUnfinished(targetOf(place), `${limit}${last}${reasons === '' ? '' : `; ${reasons}`}`)
  }
  return standing?.words ?? 'it has no rollout'
}

/** Watches one object until it is as wanted; null: it is not there. Undefined when that takes longer than it may. */
export async function awaitObject (access: Access, place: Place, signal: AbortSignal, wanted: (object: KubernetesObject | null) => boolean): Promise<KubernetesObject | null | undefined> {
  const limit = AbortSignal.timeout(access.patience)
  const either = AbortSignal.any([signal, limit])
  const query = (version: string | undefined) => ({ fieldSelector: `metadata.name=${place.name}`, ...(version !== undefined && { resourceVersion: version }) })
  try {
    for (;;) {
      const object = await findObject(access, place, either)
      if (wanted(object)) return object
      for await (const { type, object: seen } of access.cluster.watch(pathOf(place.kind, place.namespace), query(object?.metadata.resourceVersion), either)) {
        // An error, as of a resource version too old to go on from: read anew.
        if (type === 'ERROR') break
        if (type === 'BOOKMARK') continue
        const now = type === 'DELETED' ? null : asObject(seen)
        if (wanted(now)) return now
      }
      // A watch that is refused ends at once, and reading must not become a flood.
      await sleep(500, undefined, { signal: either })
    }
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) return undefined
    throw error
  }
}

function daemonsOf ({ desiredNumberScheduled: wanted = 0, updatedNumberScheduled: updated = 0, numberAvailable: available = 0 }: Status): Standing {
  return { done: updated >= wanted && available >= wanted, failed: false, words: `${updated} of ${wanted} nodes updated, ${available} available` }
}
