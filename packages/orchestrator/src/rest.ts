import { setTimeout as delay } from 'node:timers/promises'

/** How much longer than it worked background work rests: of four milliseconds, requests have three. */
const share = 3
/** Milliseconds. */
const longest = 1_000

/**
 * A pause between two steps of background work, so that those who wait for an answer do not feel how much of it there is. Each step is to be short: some milliseconds.
 * @param began when the step began, by `performance.now()`
 * @throws AbortError when the signal fires
 */
export async function rest (began: number, signal?: AbortSignal): Promise<void> {
  await delay(Math.min(share * (performance.now() - began), longest), undefined, { signal })
}
