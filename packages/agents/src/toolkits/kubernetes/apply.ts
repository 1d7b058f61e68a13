import { setTimeout as sleep } from 'node:timers/promises'
import { clusterBusy } from '../../errors.ts'
import type { Applied, ApplyRequest, Plan } from '../../toolkit.ts'
import { findObject, targetOf, type Access } from './access.ts'
import { changeOf, create, send } from './change.ts'
import { carriesPlan, contentHash, type KubernetesObject } from './object.ts'
import { inOrder } from './order.ts'
import { ownByApply } from './ownership.ts'
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
 * and what is new is created and never applied, so that nothing is written onto what somebody changed or made in between. Each leaves the plan
 * hash in the object, by which the next run finds it.
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
    if (state === 'moved') return 'moved'
    if (state === 'applied') {
      if (live && plan.verb === 'create') await ownByApply(access, change, live, { signal, planHash })
      // Found after a first try: the answer to it was lost, the change was not.
      return attempt === 1 ? 'found' : 'applied'
    }
    // What is gone can carry no mark.
    if (plan.verb === 'delete') await note(plan.target, deleting)
    try {
      if (live) await send(access, change, { signal, planHash, resourceVersion: live.metadata.resourceVersion, uid: live.metadata.uid })
      else await ownByApply(access, change, await create(access, change, { signal, planHash }), { signal, planHash })
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
