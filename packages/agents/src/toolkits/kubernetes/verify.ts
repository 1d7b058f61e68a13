import type { Evidence } from '@cortex/contracts'
import { rolloutUnfinished, verificationFailed } from '../../errors.ts'
import type { Plan } from '../../toolkit.ts'
import { readObject, targetOf, type Access } from './access.ts'
import { changeOf, send } from './change.ts'
import { contentHash } from './object.ts'
import { awaitObject, awaitRollout, rolloutOf } from './rollout.ts'
import { objectDiff } from './show.ts'

/**
 * Reads every object back, and waits until what it rolls out is up.
 * @throws CTX_VERIFICATION_FAILED, CTX_ROLLOUT_UNFINISHED
 */
export async function verifyChanges (access: Access, plans: readonly Plan[], signal: AbortSignal): Promise<Evidence[]> {
  const lines: string[] = []
  for (const plan of plans) lines.push(`${plan.verb} ${plan.target}: ${await readBack(access, plan, signal)}`)
  const rolledOut: string[] = []
  for (const plan of plans.filter(({ verb }) => verb !== 'delete')) {
    const { place } = changeOf(plan)
    if (rolloutOf(await readObject(access, place, signal))) rolledOut.push(`${plan.target}: ${await awaitRollout(access, place, signal)}`)
  }
  return [
    { claim: `The cluster has ${plans.length} object${plans.length === 1 ? '' : 's'} as approved`, detail: lines.join('\n').slice(0, 20_000) },
    ...(rolledOut.length > 0 ? [{ claim: `${rolledOut.length} rollout${rolledOut.length === 1 ? '' : 's'} finished`, detail: rolledOut.join('\n').slice(0, 20_000) }] : [])
  ]
}

/**
 * The server sets what a dry run cannot know (a cluster IP, a port), so an object that is not to the letter what the dry run gave is judged by
 * the server itself: making the same change again would change nothing.
 */
async function readBack (access: Access, plan: Plan, signal: AbortSignal): Promise<string> {
  const change = changeOf(plan)
  const target = targetOf(change.place)
  if (change.way === 'delete') {
    const gone = await awaitObject(access, change.place, signal, (object) => object === null)
    if (gone === undefined) throw rolloutUnfinished(target, `after ${access.patience / 1_000} s it is still being deleted; its finalizers may wait for something`)
    return 'it is gone'
  }
  const live = await readObject(access, change.place, signal)
  if (contentHash(live) === change.result) return 'exactly what the dry run gave'
  const again = await send(access, change, { signal, dryRun: true })
  if (again && contentHash(again) === contentHash(live)) return 'as approved, with more set by the server; the same change again would change nothing'
  throw verificationFailed(`${target} would still be changed by it:\n${objectDiff(target, live, again).slice(0, 1_500)}`)
}
