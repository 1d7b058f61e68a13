import { load, type LoadOptions, type LoadResult } from './load.ts'

/** How long one side of a pair takes, about: short, for files made now are the kernel's work for minutes. Seconds. */
const roundTime = 0.5
/** How long each side runs before anything counts: the compilers have to settle. Seconds. */
const warmUpTime = 1
/** Requests in the first try, which only tells how many make a round. */
const firstTry = 500

/**
 * Warms one side of a pair up and answers what measures it once.
 * @param sent is told of each load that was answered
 */
export async function roundOf (options: Omit<LoadOptions, 'amount'>, sent: (amount: number) => void = () => {}): Promise<() => Promise<LoadResult>> {
  const run = async (amount: number) => {
    const result = await load({ ...options, amount })
    sent(amount)
    return result
  }
  const lasting = (seconds: number, rate: number) => Math.ceil(rate * seconds / options.connections) * options.connections
  const tried = await run(firstTry)
  const { rate } = await run(lasting(warmUpTime, tried.rate))
  return async () => await run(lasting(roundTime, rate))
}
