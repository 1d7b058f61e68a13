import type { TaskRecord } from './record.ts'

const firstDelay = 1_000
const longestDelay = 60_000

/** Milliseconds before the next attempt: doubling, bounded, with full jitter so that what failed together does not come back together. */
export function backoff (attempt: number, random: number): number {
  return Math.round(Math.min(longestDelay, firstDelay * 2 ** (attempt - 1)) * (0.5 + random / 2))
}

export function hasAttemptsLeft ({ task }: TaskRecord): boolean {
  return task.attempt < task.max_attempts
}
