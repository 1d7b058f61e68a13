import { setTimeout as sleep } from 'node:timers/promises'
import { categories, type Lease, type LeaseOutcome, type LeaseReport, type MasterLimits } from '@cortex/contracts'
import { result, speakTo } from '../orchestrator.ts'
import type { Witness } from './witness.ts'

/** A master for each category, by the name a task is given when none has asked for work yet, without a limit that a test of faults would meet. */
export const wideMasters: MasterLimits[] = categories.map((category) => ({ id: `${category}-master`, title: category, categories: [category], concurrency: 1_000 }))

/** Milliseconds until the next try when nobody answers: many at once that try more often leave no time to the test. */
const whenGone = 200

/** Where the orchestrator is now; changes when it is started anew. */
export interface Address { url: string }

/** What a worker tells of. */
export type WorkWitness = Pick<Witness, 'given' | 'acknowledgeJournal' | 'acknowledgeFinish'>

interface WorkOptions { witness: WorkWitness, signal: AbortSignal, pause?: number }

/** Creates one task after the other until the orchestrator is gone. */
export async function createUntilGone ({ url }: Address, name: string, { witness, size, acknowledged }: { witness: Witness, size: number, acknowledged: () => void }): Promise<void> {
  const cortex = speakTo(url)
  for (let index = 0; ; index++) {
    const words = `${name}-${index} `
    try {
      witness.acknowledgeCreate(words, await cortex.create({ description: `${words}${'x'.repeat(size)}` }, { 'idempotency-key': words }))
    } catch {
      return
    }
    acknowledged()
  }
}

/** Told by the orchestrator of each change, until every acknowledged task has ended. */
export async function untilDone ({ call }: Pick<ReturnType<typeof speakTo>, 'call'>, { created }: Witness): Promise<void> {
  for (const id of created.values()) {
    for (let left = true; left;) {
      const { body } = await call<{ status: string }>('cortex_get_task_status', { task_id: id, wait_seconds: 10 })
      left = !['completed', 'failed', 'cancelled'].includes(body.status)
    }
  }
}

/** A worker as the agents are: leases, journals a step, and tells the outcome until it is heard or the lease is lost. Lives on over restarts. */
export async function workUntilStopped (address: Address, agentId: string, { witness, signal, pause = 0 }: WorkOptions): Promise<void> {
  const held = new Set<string>()
  const running = new Set<Promise<void>>()
  while (!signal.aborted) {
    const leases = await speakTo(address.url).lease({ agent_id: agentId, masters: wideMasters, held: [...held], capacity: 8, wait_seconds: 1 }).catch(() => undefined)
    if (!leases) await sleep(whenGone)
    for (const lease of leases ?? []) {
      witness.given(lease)
      held.add(lease.lease_id)
      const work = workOn(address, lease, { witness, signal, pause }).finally(() => {
        held.delete(lease.lease_id)
        running.delete(work)
      })
      running.add(work)
    }
    if (running.size >= 8) await Promise.race(running)
  }
  await Promise.all(running)
}

async function workOn (address: Address, { lease_id: lease, task }: Lease, { witness, signal, pause = 0 }: WorkOptions): Promise<void> {
  const entries = [{ key: `step-${task.attempt}`, value: lease }]
  const journal: LeaseReport = { journal: entries }
  const outcome: LeaseOutcome = { kind: 'completed', result }
  if (!await insist(() => speakTo(address.url).report(lease, journal), signal)) return
  witness.acknowledgeJournal(task.id, entries)
  await sleep(pause * Math.random())
  if (await insist(() => speakTo(address.url).end(lease, outcome), signal)) witness.acknowledgeFinish(task.id, lease)
}

/** Says the same again until it is taken (true) or refused (false). Nobody there, and no room on the disk, are neither. */
async function insist (say: () => Promise<{ status: number }>, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const status = await say().then((answer) => answer.status, () => 503)
    if (status < 500) return status === 200
    await sleep(whenGone)
  }
  return false
}
