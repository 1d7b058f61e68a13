import type { KnownTask } from './conversation.ts'
import type { Draft } from './drafts.ts'
import type { Asked } from './asked.ts'
import { opens } from './gates.ts'

/** The tasks a question is about as they stand; null while that is not looked up. */
export type Heard = (request: NonNullable<Asked['request']>) => readonly Pick<KnownTask, 'status'>[] | null

/** Work that was asked for but not now, and not behind a task: it is told and not started. */
export interface Held {
  what: string
  /** What it is to wait for, as the person said it. */
  until: string
  /** A request about tasks is no work that could be started at once instead. */
  request: boolean
  /** `outcome`: it hangs on how earlier work turned out; `doubt`: the person asks whether to; `lead-in`: words above it leave open whether it is wanted; `answer`: to a question the tasks do not answer so. */
  why: 'condition' | 'moment' | 'outcome' | 'doubt' | 'lead-in' | 'answer' | 'held task'
}

/** Parts the drafts that may start from those that wait for what nobody here can watch, and all that needs these. */
export function partHeld (drafts: readonly Draft[], heard: Heard): { ready: readonly Draft[], held: readonly Held[] } {
  const held = new Map<Draft, Held>()
  for (const draft of drafts) {
    if (draft.gate && !(draft.gate.asked.request && opens(draft.gate, heard(draft.gate.asked.request)))) held.set(draft, { what: draft.title, until: draft.gate.said, request: false, why: 'answer' })
    if (draft.heldUntil) held.set(draft, { what: draft.title, until: draft.heldUntil.said, request: false, why: draft.heldUntil.why })
  }
  for (let before = -1; before < held.size;) {
    before = held.size
    for (const draft of drafts) {
      const needed = [...draft.after].find((other) => held.has(other))
      if (needed && !held.has(draft)) held.set(draft, { what: draft.title, until: needed.title, request: false, why: 'held task' })
    }
  }
  return { ready: drafts.filter((draft) => !held.has(draft)), held: drafts.flatMap((draft) => held.get(draft) ?? []) }
}
