import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { canonicalJson, type ChangeClaim } from '@cortex/contracts'
import type { PlannedChangeSet } from './change-set.ts'
import { changesHeld, stepUncertain } from './errors.ts'
import type { LeaseSession } from './lease-session.ts'
import type { Plan } from './toolkit.ts'

/** Milliseconds another task may take with the same changes before this one gives its place up and comes back, and between two looks. */
const patience = 30_000
const interval = 500

/**
 * What one change set of a batch and another with the same changes are recognised by. Its steps alone are a key too: when another task made all of it, the
 * files among them are found as wanted, and the steps are what is planned anew.
 * @param steps those that leave nothing in the world to recognise them by
 */
export function keysOf ({ plans }: PlannedChangeSet, steps: readonly Plan[]): string[] {
  return [...new Set([keyOf(plans), keyOf(steps)])]
}

function keyOf (plans: readonly Plan[]): string {
  const same = plans.map(({ toolkit, tool, arguments: given, base }) => ({ toolkit, tool, arguments: given, base }))
  return `sha256:${createHash('sha256').update(canonicalJson(same)).digest('hex')}`
}

/**
 * Whether another task of the batch has made the same changes: who, by name and id. null: they are this worker's to make, and nobody else's from here on.
 * @throws CTX_CHANGES_HELD, CTX_STEP_UNCERTAIN
 */
export async function claimSteps (keys: ChangeClaim['keys'], steps: readonly Plan[], session: LeaseSession): Promise<string | null> {
  if (session.lease.task.batch_id === null) return null
  const giveUp = performance.now() + patience
  for (;;) {
    session.checkpoint()
    const holder = await session.claim({ keys, state: 'begun' })
    if (holder === null) return null
    const name = `“${holder.title}” (${holder.task_id})`
    if (holder.state === 'made') return name
    const targets = steps.map(({ target }) => target).join(', ').slice(0, 500)
    if (holder.state === 'unknown') throw stepUncertain(targets, `of ${name}, a task of the same batch, began the same and ended in the middle of it`)
    if (performance.now() > giveUp) throw changesHeld(targets, name)
    await sleep(interval, undefined, { signal: session.signal })
  }
}

/** Says how what was claimed ended. `none`: nothing of it stands. */
export async function settleClaim (keys: ChangeClaim['keys'], state: 'made' | 'none', session: LeaseSession): Promise<void> {
  if (session.lease.task.batch_id !== null) await session.claim({ keys, state })
}
