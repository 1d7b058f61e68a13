import { TaskFault } from '../../errors.ts'
import type { ApplyRequest, Plan, Undone } from '../../toolkit.ts'
import type { Effects } from './effects.ts'
import { note, noteOf } from './notes.ts'

const unseen = 'an earlier run began to take it back and did not live to see the end'

/** Takes back what was done, the last first. What failed, or is not known to have come to its end, is left: half of it may stand. */
export async function takeBack (request: ApplyRequest, effects: Effects): Promise<Undone> {
  const sum: Undone = { undone: [], left: [] }
  for (const plan of [...request.plans].reverse()) {
    if (noteOf(request, plan.target) === undefined) continue
    const reason = await whyLeft(plan, request, effects)
    if (reason === null) sum.undone.push(plan.target)
    else sum.left.push({ target: plan.target, reason })
  }
  return sum
}

/** Why it stands; null when it was taken back. */
async function whyLeft (plan: Plan, request: ApplyRequest, effects: Effects): Promise<string | null> {
  const { state, detail } = noteOf(request, plan.target)!
  if (state === 'undone') return null
  if (state === 'begun') return 'it is not known whether it was done'
  if (state === 'failed') return 'it failed, and may have done a part'
  if (state === 'undo-failed') return `taking it back failed: ${detail}`
  try {
    const doubt = state === 'undoing' ? await whyNotAgain(plan, request, effects) : undefined
    return doubt === undefined ? await undo(plan, request, effects) : doubt
  } catch (error) {
    if (request.signal.aborted || !(error instanceof TaskFault)) throw error
    return `taking it back failed: ${error.message}`
  }
}

/** Noted before it begins, as a step is: what was begun is not done a second time by somebody who cannot know how it ended. */
async function undo (plan: Plan, request: ApplyRequest, effects: Effects): Promise<string | null> {
  const back = effects.back(plan)
  if (!back) return 'nothing takes it back'
  await note(request, plan, 'undoing', '')
  try {
    await note(request, plan, 'undone', await back(request.signal))
    return null
  } catch (error) {
    if (!request.signal.aborted && error instanceof TaskFault) await note(request, plan, 'undo-failed', error.message)
    throw error
  }
}

/** Of an undo that an earlier run began: null where it is found undone, undefined where it may be tried again, else why it is left. */
async function whyNotAgain (plan: Plan, request: ApplyRequest, effects: Effects): Promise<string | null | undefined> {
  const found = await effects.stands(plan, request.signal).catch((error: unknown) => {
    if (request.signal.aborted || !(error instanceof TaskFault)) throw error
    return null
  })
  if (found?.stands === false) {
    await note(request, plan, 'undone', `${unseen}; it was found undone.\n${found.shown}`)
    return null
  }
  if (effects.mayRepeat(plan)) return undefined
  return found ? `${unseen}, and it was found in place` : `${unseen}, so it is not known whether it was undone`
}
