import { clusterBusy, TaskFault } from '../../errors.ts'
import type { ApplyRequest, Plan, Undone } from '../../toolkit.ts'
import { findObject, type Access } from './access.ts'
import { undoing, wasDeleted } from './apply.ts'
import { changeOf, deleteOptions, fieldManager, recordIn } from './change.ts'
import { pathOf } from './kinds.ts'
import { asObject, bookkeepingIn, carriesPlan, contentHash, type KubernetesObject } from './object.ts'
import { changedSince } from './others.ts'
import { inOrder } from './order.ts'
import { refusalOf } from './refusal.ts'

const attempts = 5

/** Puts back what this change set has changed, last first: an object as it was before, a new one away, a deleted one anew. What others have changed since is left to people. */
export async function undoChanges (access: Access, request: ApplyRequest): Promise<Undone> {
  const { plans, signal } = request
  const sum: Undone = { undone: [], left: [] }
  for (const plan of inOrder(plans).reverse()) {
    try {
      const became = await undoChange(access, plan, request)
      if (became === 'undone') sum.undone.push(plan.target)
      else if (became !== 'untouched') sum.left.push({ target: plan.target, reason: became.reason })
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof TaskFault)) throw error
      sum.left.push({ target: plan.target, reason: error.message })
    }
  }
  return sum
}

async function undoChange (access: Access, plan: Plan, request: ApplyRequest): Promise<'undone' | 'untouched' | { reason: string }> {
  const { planHash, signal, note } = request
  const { place } = changeOf(plan)
  const wasBegun = request.noted.get(plan.target) === undoing
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const live = await findObject(access, place, signal)
    const made = plan.verb === 'delete' ? live === null && wasDeleted(plan, request) : live !== null && carriesPlan(live, planHash)
    if (!made && wasBegun && (live && contentHash(live)) === plan.base) return 'undone'
    if (!made) return whereDeleted(plan, live, request) ?? (attempt > 1 ? 'undone' : wasBegun ? { reason: 'an earlier run began to take it back, and it is not as it was before' } : 'untouched')
    const others = live && await changedSince(access, plan, live, signal)
    if (others !== null) return { reason: `it was changed since by ${others}, and undoing it would take that too` }
    if (plan.verb !== 'create' && !('object' in plan.inverse)) return { reason: 'its old content holds secret values, which are not kept' }
    await note(plan.target, undoing)
    try {
      const now = await putBack(access, plan, live, signal)
      return plan.base === null || contentHash(asObject(now)) === plan.base ? 'undone' : { reason: 'it was put back, but the server made something else of it' }
    } catch (error) {
      signal.throwIfAborted()
      if (![404, 409].includes(refusalOf(error)?.status ?? 0)) throw error
    }
  }
  throw clusterBusy(plan.target)
}

/** Why what stands where an object was deleted is left alone; null where nothing was deleted, or it is back. */
function whereDeleted (plan: Plan, live: KubernetesObject | null, request: ApplyRequest): { reason: string } | null {
  if (live === null || !wasDeleted(plan, request) || contentHash(live) === plan.base) return null
  return { reason: live.metadata.deletionTimestamp === undefined ? 'it was deleted, and somebody has made another since' : 'it is being deleted, and its finalizers wait for something' }
}

async function putBack ({ cluster }: Access, plan: Plan, live: KubernetesObject | null, signal: AbortSignal): Promise<unknown> {
  const { place: { kind, namespace, name } } = changeOf(plan)
  const before = recordIn(plan.inverse.object)
  const query = { fieldManager }
  if (plan.verb === 'create') return cluster.json('DELETE', pathOf(kind, namespace, name), { signal, body: deleteOptions({ uid: live?.metadata.uid, resourceVersion: live?.metadata.resourceVersion }) })
  if (plan.verb === 'delete') return cluster.json('POST', pathOf(kind, namespace), { signal, query, body: before })
  const metadata = recordIn(before.metadata)
  const annotations = { ...(live && bookkeepingIn(live)), ...recordIn(metadata.annotations) }
  return cluster.json('PUT', pathOf(kind, namespace, name), { signal, query, body: { ...before, metadata: { ...metadata, annotations, resourceVersion: live?.metadata.resourceVersion } } })
}
