import type { MadeChange } from '../toolkit.ts'

/** One target's changes as one: from what it was before the first, to what the last made of it. */
export interface NetChange { target: string, last: MadeChange, inverse: MadeChange['inverse'] }

/** @param changes the last made first */
export function netChanges (changes: readonly MadeChange[]): NetChange[] {
  return [...Map.groupBy(changes, ({ target }) => target)].map(([target, own]) => ({ target, last: own[0]!, inverse: own.at(-1)!.inverse }))
}
