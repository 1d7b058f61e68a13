import type { Category, MasterLimits, StandingPolicy } from '@cortex/contracts'

/** How many tasks a master works on at once when no agent has said otherwise. */
export const defaultConcurrency = 4

/** A master, when an agent last offered to work for it, ISO 8601, and the rules that agent works by. */
export interface KnownMaster extends MasterLimits { readonly seen_at: string, readonly policy?: StandingPolicy }

/** Milliseconds without an agent that offers to work for a master until its tasks go to another that takes their category. Agents ask at least every 20 s. */
export const absentAfter = 120_000

/**
 * The master that takes a category: one that agents work for before one they worked for once, the first by its id of several, so that every replica
 * decides alike; where none is known, the one every installation has by that name.
 */
export function routeCategory (category: Category, masters: readonly KnownMaster[], now: Date): string {
  const takers = masters.filter((master) => master.categories.includes(category)).sort((a, b) => {
    const [aHere, bHere] = [isPresent(a, now), isPresent(b, now)]
    if (aHere !== bHere) return aHere ? -1 : 1
    if (!aHere && a.seen_at !== b.seen_at) return a.seen_at > b.seen_at ? -1 : 1
    return a.id < b.id ? -1 : 1
  })
  return takers[0]?.id ?? `${category}-master`
}

/** Whether an agent works for it, as far as can be told. A clock that was put back makes nobody absent. */
export function isPresent (master: KnownMaster, now: Date): boolean {
  return wasSeenWithin(master, absentAfter, now)
}

/** @param time milliseconds. An earlier version did not note when: then it was not */
export function wasSeenWithin ({ seen_at: seenAt }: KnownMaster, time: number, now: Date): boolean {
  return now.getTime() - Date.parse(seenAt) < time
}

export function concurrencyOf (master: string, masters: readonly MasterLimits[]): number {
  return masters.find(({ id }) => id === master)?.concurrency ?? defaultConcurrency
}
