import { createHash } from 'node:crypto'
import type { Evidence } from '@cortex/contracts'
import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { stepsFailed, TaskFault, verificationFailed } from '../../errors.ts'
import { choice } from '../../schema.ts'
import type { Applied, ApplyRequest, Plan, Toolkit } from '../../toolkit.ts'

/** What a toolkit can do about one planned step that leaves nothing in the world to recognise it by. */
export interface Effects {
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

const StepRecord = Type.Object({
  state: choice(['started', 'done', 'failed', 'unproven', 'undone']),
  detail: Type.String()
})
type StepRecord = Static<typeof StepRecord>

const kept = 200

/** `apply` and `verify` of a toolkit whose changes are steps: in the order planned, each journalled before and after, each made at most once. */
export function stepwise (effects: Effects): Required<Pick<Toolkit, 'apply' | 'verify'>> {
  /** What was seen, from `apply` to `verify`. */
  const seen = new Map<string, Evidence[]>()
  return {
    async apply (request) {
      const applied = await takeSteps(request, effects)
      if (applied.kind === 'applied') {
        const [oldest] = seen.keys()
        if (seen.size >= kept && oldest !== undefined) seen.delete(oldest)
        seen.set(applied.reference, request.plans.map(({ target }) => ({ claim: `Done: ${target}`.slice(0, 500), detail: recordOf(request, target)?.detail ?? '' })))
      }
      return applied
    },
    async verify (plans, reference) {
      const evidence = seen.get(reference)
      if (evidence?.length !== plans.length) throw verificationFailed('what the steps showed is not at hand')
      return evidence
    }
  }
}

async function takeSteps (request: ApplyRequest, effects: Effects): Promise<Applied> {
  const { plans, taskId, planHash, signal } = request
  const begun = plans.filter(({ target }) => recordOf(request, target))
  const moved = plans.filter((plan) => !begun.includes(plan) && effects.baseOf(plan) !== plan.base)
  if (begun.length === 0 && moved.length > 0) return { kind: 'moved', targets: moved.map(({ target }) => target) }
  for (const plan of plans) {
    const failure = moved.includes(plan) ? 'what it would do is no longer what was approved' : await takeStep(plan, request, effects)
    if (failure !== null) throw stepsFailed(await takeBack(plan, failure, request, effects))
    signal.throwIfAborted()
  }
  const reference = `steps-${createHash('sha256').update(`${taskId}\0${planHash}`).digest('hex').slice(0, 16)}`
  return { kind: 'applied', reference, found: begun.length === plans.length }
}

/** Why the step is not done; null when it is. */
async function takeStep (plan: Plan, request: ApplyRequest, effects: Effects): Promise<string | null> {
  const { signal } = request
  const earlier = recordOf(request, plan.target)
  if (earlier?.state === 'done') return null
  if (earlier && earlier.state !== 'started') return earlier.detail
  let made = false
  try {
    if (earlier) {
      const found = await effects.check(plan, signal).catch((error: unknown) => sayNothing(error, signal))
      if (found !== null) {
        await record(request, plan, 'done', `An earlier run made it and did not live to tell; it was found in place.\n${found}`)
        return null
      }
      if (!effects.mayRepeat(plan)) throw stepsFailed('an earlier run began it and did not live to see its end, so it is not known whether it was done. It is not repeated. Look at the system it works on, then retry the task')
    }
    await record(request, plan, 'started', '')
    const shown = await effects.make(plan, signal)
    made = true
    const checked = await effects.check(plan, signal)
    await record(request, plan, 'done', checked === null ? shown : `${shown}\n\nchecked: ${checked}`)
    return null
  } catch (error) {
    const reason = faultOf(error, signal).message
    await record(request, plan, made ? 'unproven' : 'failed', reason)
    return reason
  }
}

/** Takes back what was done, the last first, where that is possible. Answers what was done, what not, and what is left. */
async function takeBack (failed: Plan, reason: string, request: ApplyRequest, effects: Effects): Promise<string> {
  const { plans, signal } = request
  const at = plans.indexOf(failed)
  const lines = [`Step ${at + 1} of ${plans.length} failed. ${failed.target}: ${reason}`]
  for (const plan of plans.slice(0, at + 1).reverse()) {
    const state = recordOf(request, plan.target)?.state
    if (state !== 'done' && state !== 'unproven' && state !== 'undone') continue
    const undoing = state === 'undone' ? Promise.resolve() : effects.undo(plan, signal)
    if (!undoing) {
      lines.push(`Done and still in place, for nothing takes it back: ${plan.target}`)
      continue
    }
    try {
      await undoing
      await record(request, plan, 'undone', 'it was taken back')
      lines.push(`Done and taken back: ${plan.target}`)
    } catch (error) {
      lines.push(`Done, and taking it back failed: ${plan.target}: ${faultOf(error, signal).message}`)
    }
  }
  for (const { target } of plans.slice(at + 1)) lines.push(`Not begun: ${target}`)
  return lines.join('\n').slice(0, 3_900)
}

async function record ({ steps }: ApplyRequest, { target }: Plan, state: StepRecord['state'], detail: string): Promise<void> {
  await steps.write(target, { state, detail: detail.slice(0, 20_000) } satisfies StepRecord)
}

/** A fault the step itself has; whatever else was thrown is a reason to stop here, with the journal as it is. */
function faultOf (error: unknown, signal: AbortSignal): TaskFault {
  if (signal.aborted || !(error instanceof TaskFault)) throw error
  return error
}

function sayNothing (error: unknown, signal: AbortSignal): null {
  faultOf(error, signal)
  return null
}

function recordOf ({ steps }: ApplyRequest, target: string): StepRecord | undefined {
  const value = steps.read(target)
  return Value.Check(StepRecord, value) ? value : undefined
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
  return `${String(number).padStart(2, '0')} ${words}`.slice(0, 200).trim()
}

/** Lines that say all a step will do, as a diff that adds them. */
export function stepDiff (name: string, lines: readonly string[]): string {
  return ['--- /dev/null', `+++ ${name}`, `@@ -0,0 +1,${lines.length} @@`, ...lines.map((line) => `+${line}`), ''].join('\n')
}
