import type { TaskRecord } from './record.ts'

const firstDelay = 1_000
const longestDelay = 60_000

/** Milliseconds before the next attempt: doubling, bounded, with full jitter so that what failed together does not come back together. */
export function backoff (attempt: number, random: number): number {
  return Math.round(Math.min(longestDelay, firstDelay * 2 ** (attempt - 1)) * (0.5 + random / 2))
}

/** Milliseconds no wait for another try lasts, even between two machines whose clocks differ a little. */
export const longestRetryWait = 2 * longestDelay

/** Whether the time a task waits for has come. One that waits too long for another try was told so before the clock was put back: it is due. */
export function timeHasCome ({ task }: TaskRecord, now: Date): boolean {
  if (task.run_at === null) return true
  const left = Date.parse(task.run_at) - now.getTime()
  return left <= 0 || (task.attempt > 0 && left > longestRetryWait)
}

export function hasAttemptsLeft ({ task }: TaskRecord): boolean {
  return task.attempt < task.max_attempts
}
