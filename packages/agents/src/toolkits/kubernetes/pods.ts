import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { findObject, type Access } from './access.ts'
import type { Place } from './kinds.ts'
import { masked } from './mask.ts'
import type { KubernetesObject } from './object.ts'

const Waiting = Type.Object({ reason: Type.Optional(Type.String()), message: Type.Optional(Type.String()) })
const PodList = Type.Object({
  items: Type.Array(Type.Object({
    metadata: Type.Object({ name: Type.String() }),
    status: Type.Optional(Type.Object({
      phase: Type.Optional(Type.String()),
      containerStatuses: Type.Optional(Type.Array(Type.Object({
        name: Type.String(),
        ready: Type.Boolean(),
        restartCount: Type.Integer(),
        state: Type.Optional(Type.Object({ waiting: Type.Optional(Waiting), terminated: Type.Optional(Waiting) }))
      })))
    }))
  }))
})
type Pod = Static<typeof PodList>['items'][number]

/** Which pods an object governs, as a label selector; undefined for kinds that govern none. */
export function selectorOf ({ kind, spec }: KubernetesObject): string | undefined {
  const { selector } = (spec ?? {}) as { selector?: { matchLabels?: Record<string, string> } | Record<string, string> }
  const labels = kind === 'Service' ? selector : selector && 'matchLabels' in selector ? selector.matchLabels : undefined
  if (typeof labels !== 'object') return undefined
  return Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`).join(',') || undefined
}

export async function podsOf ({ cluster }: Access, namespace: string, selector: string, signal: AbortSignal): Promise<Pod[]> {
  const list = await cluster.json('GET', `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`, { query: { labelSelector: selector, limit: 50 }, signal })
  return Value.Check(PodList, list) ? list.items : []
}

/** `name: Running, app ready, 2 restarts` */
export function podLine ({ metadata: { name }, status: { phase = 'Unknown', containerStatuses = [] } = {} }: Pod): string {
  return [`${name}: ${phase}`, ...containerStatuses.map(({ name: container, ready, restartCount, state }) => {
    const why = state?.waiting ?? state?.terminated
    return `${container} ${ready ? 'ready' : 'not ready'}${why?.reason === undefined ? '' : ` (${why.reason}${why.message === undefined ? '' : `: ${masked(why.message).slice(0, 300)}`})`}${restartCount > 0 ? `, ${restartCount} restarts` : ''}`
  })].join(', ')
}

/** Why pods of a workload are not up, as far as they say. Never fails: it only explains. */
export async function whyPodsWait (access: Access, place: Place, signal: AbortSignal): Promise<string> {
  try {
    const object = await findObject(access, place, signal)
    const selector = object && selectorOf(object)
    if (!selector || place.namespace === null) return ''
    const pods = await podsOf(access, place.namespace, selector, signal)
    return pods.filter(({ status }) => status?.containerStatuses?.some(({ ready }) => !ready)).slice(0, 3).map(podLine).join('; ')
  } catch {
    signal.throwIfAborted()
    return ''
  }
}
