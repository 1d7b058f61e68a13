import { setTimeout as sleep } from 'node:timers/promises'
import { clusterBusy } from '../../errors.ts'
import type { Applied, ApplyRequest, Plan } from '../../toolkit.ts'
import { findObject, targetOf, type Access } from './access.ts'
import { changeOf, send } from './change.ts'
import { carriesPlan, contentHash, type KubernetesObject } from './object.ts'
import { inOrder } from './order.ts'
import { refusalOf } from './refusal.ts'

const attempts = 6
/** What is noted of a target: a deletion, and taking any change back, before it is sent. */
const deleting = 'deleting'
export const undoing = 'undoing'

/** Objects that are neither what they were when planned nor what this change set made of them. */
export async function movedObjects (access: Access, request: ApplyRequest): Promise<string[]> {
  const { plans, signal } = request
  const states = await Promise.all(plans.map(async (plan) => stateOf(plan, await findObject(access, changeOf(plan).place, signal), request)))
  return plans.filter((_, index) => states[index] === 'moved').map(({ target }) => target)
}

/**
 * Makes the changes one after the other, in the order in which they need each other. Each is sent with the resource version it was judged at,
 * so that nothing is written onto what somebody changed in between, and leaves the plan hash in the object, by which the next run finds it.
 * @throws CTX_CLUSTER_REFUSED, CTX_CLUSTER_UNREACHABLE, CTX_CLUSTER_BUSY
 */
export async function applyChanges (access: Access, request: ApplyRequest): Promise<Applied> {
  let found = true
  for (const plan of inOrder(request.plans)) {
    const state = await applyChange(access, plan, request)
    if (state === 'moved') return { kind: 'moved', targets: [plan.target] }
    found &&= state === 'found'
  }
  return { kind: 'applied', reference: request.planHash, found }
}

async function applyChange (access: Access, plan: Plan, request: ApplyRequest): Promise<'applied' | 'found' | 'moved'> {
  const { planHash, signal, note } = request
  const change = changeOf(plan)
  for (let attempt = 1; attempt <= attempts; attempt++) {
    signal.throwIfAborted()
    const live = await findObject(access, change.place, signal)
    const state = stateOf(plan, live, request)
    // Found after a first try: the answer to it was lost, the change was not.
    if (state !== 'base') return state === 'applied' ? attempt === 1 ? 'found' : 'applied' : 'moved'
    // What is gone can carry no mark.
    if (plan.verb === 'delete') await note(plan.target, deleting)
    try {
      await send(access, change, { signal, planHash, resourceVersion: live?.metadata.resourceVersion, uid: live?.metadata.uid })
      return 'applied'
    } catch (error) {
      signal.throwIfAborted()
      const refusal = refusalOf(error)
      if (refusal && refusal.conflicts.length > 0) return 'moved'
      if (refusal && refusal.status < 500 && ![404, 409, 429].includes(refusal.status)) throw error
      if (attempt === attempts) throw refusal?.status === 409 ? clusterBusy(targetOf(change.place)) : error
    }
    await sleep(50 * attempt)
  }
  throw clusterBusy(plan.target)
}

/** Whether a deletion has been sent, as far as the journal knows. */
export function wasDeleted ({ target, verb }: Plan, { noted }: ApplyRequest): boolean {
  const state = noted.get(target)
  return state === deleting || (verb === 'delete' && state === undoing)
}

function stateOf (plan: Plan, live: KubernetesObject | null, request: ApplyRequest): 'base' | 'applied' | 'moved' {
  if (live === null && wasDeleted(plan, request)) return 'applied'
  if (live && carriesPlan(live, request.planHash)) return 'applied'
  return (live && contentHash(live)) === plan.base ? 'base' : 'moved'
}
