import type { Category, MasterLimits } from '@cortex/contracts'

/** How many tasks a master works on at once when no agent has said otherwise. */
export const defaultConcurrency = 4

/** The master that takes a category: the first that announced it, else the one every installation has by that name. */
export function routeCategory (category: Category, masters: readonly MasterLimits[]): string {
  return masters.find((master) => master.categories.includes(category))?.id ?? `${category}-master`
}

export function concurrencyOf (master: string, masters: readonly MasterLimits[]): number {
  return masters.find(({ id }) => id === master)?.concurrency ?? defaultConcurrency
}
