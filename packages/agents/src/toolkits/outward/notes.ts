import type { ApplyRequest, Plan } from '../../toolkit.ts'

/** `ran`: came to its end, and its check has not found it in place yet. `undoing`: taking it back was begun, and nobody has seen its end. */
export type State = 'begun' | 'ran' | 'done' | 'failed' | 'undoing' | 'undone' | 'undo-failed'

/** Characters of all that is noted of a change set: it is journalled as one. */
const notesLimit = 200_000
const noteLimit = 8_000

/** Returns when it is stored, so that what follows is never begun without word of it. */
export async function note (request: ApplyRequest, { target }: Plan, state: State, detail: string): Promise<void> {
  const limit = Math.min(noteLimit, Math.floor(notesLimit / request.plans.length))
  await request.note(target, `${state} ${detail.length > limit ? `${detail.slice(0, limit)}\n…` : detail}`)
}

export function noteOf ({ noted }: ApplyRequest, target: string): { state: State, detail: string } | undefined {
  const text = noted.get(target)
  if (text === undefined) return undefined
  const space = text.indexOf(' ')
  return { state: text.slice(0, space) as State, detail: text.slice(space + 1) }
}
