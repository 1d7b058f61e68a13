import type { MasterLimits } from '@cortex/contracts'
import { concurrencyOf } from './routing.ts'

/** One step of priority is worth as much as this much waiting, so a low task (7) overtakes critical ones (1) that came half an hour later. */
const ageingPerPriority = 5 * 60_000

/** Place in the queue. Linear ageing keeps the order of any two tasks the same for ever, so it is one number that can be indexed. */
export function rankOf (priority: number, createdAt: Date): number {
  return createdAt.getTime() + priority * ageingPerPriority
}

export interface Candidate {
  readonly id: string
  readonly master: string
  readonly target: string | null
}

/** Workers that wait for tasks of some masters. */
export interface Demand {
  readonly masters: readonly string[]
  readonly capacity: number
}

export interface AdmissionView {
  /** Ready tasks in the order of their rank. */
  readonly candidates: readonly Candidate[]
  /** Tasks that hold a slot now. */
  readonly busy: readonly Candidate[]
  readonly masters: readonly MasterLimits[]
  readonly globalConcurrency: number
  readonly demand: readonly Demand[]
}

/** Which tasks may start now: in rank order, within the limits of each master and of all together, one at a time on a target. */
export function chooseAdmissions ({ candidates, busy, masters, globalConcurrency, demand }: AdmissionView): string[] {
  const running = new Map<string, number>()
  const locked = new Set<string>()
  for (const { master, target } of busy) {
    running.set(master, (running.get(master) ?? 0) + 1)
    if (target !== null) locked.add(target)
  }
  const waiting = demand.map(({ masters, capacity }) => ({ masters: new Set(masters), capacity }))
  const admitted: string[] = []
  for (const { id, master, target } of candidates) {
    if (busy.length + admitted.length >= globalConcurrency) break
    if ((running.get(master) ?? 0) >= concurrencyOf(master, masters)) continue
    if (target !== null && locked.has(target)) continue
    const worker = waiting.find((each) => each.capacity > 0 && each.masters.has(master))
    if (!worker) continue
    worker.capacity--
    running.set(master, (running.get(master) ?? 0) + 1)
    if (target !== null) locked.add(target)
    admitted.push(id)
  }
  return admitted
}
