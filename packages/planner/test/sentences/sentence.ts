/**
 * What a person says and what must come of it. A task is written "category", "category priority" or "category > 1 2": it waits for the first
 * and the second task of the list. A call on the tasks of `history` is written "cancel 2"; a lookup "find monitoring" or "list failed".
 */
export interface Sentence {
  say: string
  tasks?: readonly string[]
  calls?: readonly string[]
  /** Words the reply must have: what it left out, and why. */
  says?: readonly string[]
  /** Words the titles must have, one for each task. */
  titles?: readonly string[]
  /** Said after the three tasks of `history` were started. */
  known?: true
}

/** A message for which nothing may be created or called. */
export function talk (...sentences: string[]): Sentence[] {
  return sentences.map((say) => ({ say }))
}
