const firstMs = 400
const lastMs = 15_000

/** How long to wait before trying again, in milliseconds: doubling, bounded, and spread so that pages do not come back all at once. */
export function backoff (failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(lastMs, firstMs * 2 ** Math.min(failures, 10))
  return Math.round(ceiling * (0.5 + random() / 2))
}
