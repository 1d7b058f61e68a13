import { longestRetryWait } from '../../domain/retry.ts'

/** The condition of what `timeHasCome` is true of; its values are the bounds. */
export const isDue = 'due IS NOT NULL AND (due <= $1 OR (attempt > 0 AND due > $2))'

export function dueBounds (now: Date): [now: number, beyondAnyRetry: number] {
  return [now.getTime(), now.getTime() + longestRetryWait]
}
