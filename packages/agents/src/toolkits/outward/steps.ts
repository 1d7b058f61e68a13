import { createHash } from 'node:crypto'
import type { Evidence } from '@cortex/contracts'
import { stepUncertain, TaskFault, verificationFailed } from '../../errors.ts'
import type { ApplyRequest, Plan, Toolkit } from '../../toolkit.ts'
import type { Effects } from './effects.ts'
import { note, noteOf, type State } from './notes.ts'
import { takeBack } from './take-back.ts'

/** Why a step is not made that an earlier run left in this state. */
const whyNotMade: Partial<Record<State, string>> = {
  failed: 'saw it fail, and it may have done a part',
  undone: 'took it back',
  undoing: 'began to take it back',
  'undo-failed': 'could not take it back'
}

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
  const unmade = earlier && whyNotMade[earlier.state]
  if (unmade !== undefined) throw stepUncertain(plan.target, unmade)
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
