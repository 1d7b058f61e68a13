/** A figure and how far apart its rounds were. */
export interface Spread {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** The smallest value that at least `share` (0 to 1) of the sample does not exceed: nearest rank, so always one that was measured. */
export function percentile (sample: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(sample).sort()
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (value === undefined) throw new RangeError('an empty sample has no percentile')
  return value
}

/** The middle of the sample; of an even number, the mean of the two in the middle. */
export function median (sample: ArrayLike<number>): number {
  return (percentile(sample, 0.5) + percentile(sample, Math.floor(sample.length / 2 + 1) / sample.length)) / 2
}

/** The median of the rounds, between the least and the most of them. */
export function spread (rounds: ArrayLike<number>): Spread {
  return { value: median(rounds), low: percentile(rounds, 0), high: percentile(rounds, 1) }
}

/** One percentile of all rounds together, between the least and the most that single rounds had. */
export function pooledPercentile (rounds: ReadonlyArray<ArrayLike<number>>, share: number): Spread {
  const each = rounds.map((round) => percentile(round, share))
  return { value: percentile(rounds.flatMap((round) => Array.from(round)), share), low: Math.min(...each), high: Math.max(...each) }
}

/** What was measured in parts of its ceiling, pair by pair: what slowed both sides of a pair cancels out. */
export function pairwiseRatio (pairs: ReadonlyArray<readonly [measured: number, ceiling: number]>): Spread {
  return spread(pairs.map(([measured, ceiling]) => measured / ceiling))
}
