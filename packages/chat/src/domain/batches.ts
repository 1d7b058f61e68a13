export interface BatchState {
  readonly id: string
  readonly unfinished: number
  readonly reported: boolean
}

/** Batches whose last task has ended and whose summary was not written since. One without tasks is in no store, so it has none. */
export function batchesToReport (batches: readonly BatchState[]): string[] {
  return batches.filter(({ unfinished, reported }) => unfinished === 0 && !reported).map(({ id }) => id)
}
