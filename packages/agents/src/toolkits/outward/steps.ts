import { createHash } from 'node:crypto'
import type { Evidence } from '@cortex/contracts'
import { stepUncertain, TaskFault, verificationFailed } from '../../errors.ts'
import type { ApplyRequest, Plan, Toolkit, Undone } from '../../toolkit.ts'

/** What a toolkit can do about one planned step that leaves nothing in the world to recognise it by. */
export interface Effects {
  /** Called before plans are compared with what is there: it may have changed. */
  refresh (): Promise<void>
  /** What defines the step's effect now. The step is made only where it is what it was when planned. */
  baseOf (plan: Plan): string | null
  /** Makes it; answers what was seen. @throws TaskFault when it did not come to its end */
  make (plan: Plan, signal: AbortSignal): Promise<string>
  /** Looks whether it is in place; answers what was seen, or null where nothing can tell. @throws TaskFault when it is not */
  check (plan: Plan, signal: AbortSignal): Promise<string | null>
  mayRepeat (plan: Plan): boolean
  /** Takes it back; null where nothing does. @throws TaskFault */
  undo (plan: Plan, signal: AbortSignal): Promise<string> | null
}

/** `ran`: came to its end, and its check has not found it in place yet. */
type State = 'begun' | 'ran' | 'done' | 'failed' | 'undone'

/** Characters of all that is noted of a change set: it is journalled as one. */
const notesLimit = 200_000
const noteLimit = 8_000

/** A toolkit's changes as steps: in the order planned, each noted before and after it is made, each made at most once. */
export function stepwise (effects: Effects): Required<Pick<Toolkit, 'leavesNoTrace' | 'moved' | 'apply' | 'verify' | 'undo'>> {
  /** What was seen, from `apply` to `verify`. */
  const seen = new Map<string, Evidence[]>()
  const movedOf = ({ plans, noted }: ApplyRequest) => plans.filter((plan) => !noted.has(plan.target) && effects.baseOf(plan) !== plan.base).map(({ target }) => target)
  return {
    leavesNoTrace: true,
    async moved (request) {
      await effects.refresh()
      return movedOf(request)
    },
    async apply (request) {
      const { plans, taskId, planHash, signal } = request
      const found = plans.every(({ target }) => noteOf(request, target)?.state === 'done')
      const moved = movedOf(request)
      if (moved.length > 0) return { kind: 'moved', targets: moved }
      for (const plan of plans) {
        signal.throwIfAborted()
        await takeStep(plan, request, effects)
      }
      const reference = `steps ${createHash('sha256').update(`${taskId}\0${planHash}`).digest('hex').slice(0, 16)}`
      seen.set(reference, plans.map(({ target }) => ({ claim: `Done: ${target}`.slice(0, 500), detail: noteOf(request, target)?.detail ?? '' })))
      return { kind: 'applied', reference, found }
    },
    async verify (plans, reference) {
      const evidence = seen.get(reference)
      seen.delete(reference)
      if (evidence?.length !== plans.length) throw verificationFailed('what the steps showed is not at hand')
      return evidence
    },
    undo: (request) => takeBack(request, effects)
  }
}

/** @throws CTX_STEP_UNCERTAIN, and what the step itself throws */
async function takeStep (plan: Plan, request: ApplyRequest, effects: Effects): Promise<void> {
  const { signal } = request
  const earlier = noteOf(request, plan.target)
  if (earlier?.state === 'done') return
  if (earlier?.state === 'failed' || earlier?.state === 'undone') throw stepUncertain(plan.target, earlier.state === 'failed' ? 'saw it fail, and it may have done a part' : 'took it back')
  let shown = earlier?.state === 'ran' ? earlier.detail : null
  if (earlier?.state === 'begun') {
    const found = await effects.check(plan, signal).catch((error: unknown) => {
      if (signal.aborted || !(error instanceof TaskFault)) throw error
      return null
    })
    if (found !== null) return await note(request, plan, 'done', `An earlier run made it and did not live to tell; it was found in place.\n${found}`)
    if (!effects.mayRepeat(plan)) throw stepUncertain(plan.target, 'began it and did not live to see its end, so it is not known whether it was done')
  }
  if (shown === null) {
    await note(request, plan, 'begun', '')
    try {
      shown = await effects.make(plan, signal)
    } catch (error) {
      if (!signal.aborted && error instanceof TaskFault) await note(request, plan, 'failed', '')
      throw error
    }
    await note(request, plan, 'ran', shown)
  }
  const checked = await effects.check(plan, signal)
  await note(request, plan, 'done', checked === null ? shown : `${shown}\n\nchecked: ${checked}`)
}

/** Takes back what was done, the last first. What failed, or is not known to have come to its end, is left: half of it may stand. */
async function takeBack (request: ApplyRequest, effects: Effects): Promise<Undone> {
  const sum: Undone = { undone: [], left: [] }
  for (const plan of [...request.plans].reverse()) {
    const state = noteOf(request, plan.target)?.state
    if (state === undefined) continue
    if (state === 'undone') sum.undone.push(plan.target)
    else if (state === 'begun') sum.left.push({ target: plan.target, reason: 'it is not known whether it was done' })
    else if (state === 'failed') sum.left.push({ target: plan.target, reason: 'it failed, and may have done a part' })
    else {
      const reason = await undoStep(plan, request, effects)
      if (reason === null) sum.undone.push(plan.target)
      else sum.left.push({ target: plan.target, reason })
    }
  }
  return sum
}

/** Why it stands; null when it was taken back. */
async function undoStep (plan: Plan, request: ApplyRequest, effects: Effects): Promise<string | null> {
  const undoing = effects.undo(plan, request.signal)
  if (!undoing) return 'nothing takes it back'
  try {
    await note(request, plan, 'undone', await undoing)
    return null
  } catch (error) {
    if (request.signal.aborted || !(error instanceof TaskFault)) throw error
    return `taking it back failed: ${error.message}`
  }
}

async function note (request: ApplyRequest, { target }: Plan, state: State, detail: string): Promise<void> {
  const limit = Math.min(noteLimit, Math.floor(notesLimit / request.plans.length))
  await request.note(target, `${state} ${detail.length > limit ? `${detail.slice(0, limit)}\n…` : detail}`)
}

function noteOf ({ noted }: ApplyRequest, target: string): { state: string, detail: string } | undefined {
  const text = noted.get(target)
  if (text === undefined) return undefined
  const space = text.indexOf(' ')
  return { state: text.slice(0, space), detail: text.slice(space + 1) }
}

/**
 * The target of a new step: a number, so that steps run in the order they were planned in, and words. A step that is planned already keeps its
 * target, so that asking twice does not do it twice.
 */
export function stepTarget (draft: readonly Plan[], toolkit: string, words: string, isSame: (plan: Plan) => boolean): string {
  const own = draft.filter((plan) => plan.toolkit === toolkit)
  const same = own.find(isSame)
  if (same) return same.target
  const number = Math.max(0, ...own.map(({ target }) => Number.parseInt(target))) + 1
  return `${String(number).padStart(3, '0')} ${words}`.slice(0, 200).trim()
}

/** Lines that say all a step will do, as a diff that adds them. */
export function stepDiff (name: string, lines: readonly string[]): string {
  return ['--- /dev/null', `+++ ${name}`, `@@ -0,0 +1,${lines.length} @@`, ...lines.map((line) => `+${line}`), ''].join('\n')
}
