import { appliedKey, namedChanges, type Evidence, type WorkerAct } from '@cortex/contracts'
import type { ApplyRecord, Authority, Failure } from './apply-record.ts'
import type { PlannedChangeSet } from './change-set.ts'
import { claimSteps, keysOf, settleClaim } from './claims.ts'
import { changesMoved, changesStand, changesUndone, TaskFault, toolkitAbsent } from './errors.ts'
import { TaskCancelled, type LeaseSession } from './lease-session.ts'
import { inToolSpan } from './spans.ts'
import type { TargetQueue } from './target-queue.ts'
import { madeChange, type ApplyRequest, type Plan, type Toolkit, type Undone } from './toolkit.ts'

/** How carrying out ended. `moved`: a target is no longer what it was when planned, and nothing of the change set stands. */
export type Carried =
  | { kind: 'moved', targets: string[] }
  | {
    kind: 'done'
    commit: string | undefined
    files: string[]
    evidence: Evidence[]
    /** What this task changed: all of it but what another task of its batch had made. */
    made: Plan[]
    /** That other task, by name and id. */
    maker: string | null
  }

export interface CarryOutContext {
  session: LeaseSession
  /** In the order in which they change things: what can be undone best comes first. */
  toolkits: readonly Toolkit[]
  step: (name: string, percent: number) => void
  queue: TargetQueue
}

type Changer = Toolkit & Required<Pick<Toolkit, 'apply' | 'verify'>>

interface Part { toolkit: Changer, request: ApplyRequest, act: Act }

interface Work { parts: readonly Part[], authority: Authority, record: ApplyRecord, claim: { keys: string[], steps: Plan[] } }

/** Tells the audit of the part, or of those of its plans that are given. */
type Act = (action: WorkerAct['action'], told?: { reference?: string, targets?: readonly string[] }) => void

/**
 * Carries out an approved change set over all its toolkits, one after the other, each read back before the next. Nothing begins unless every
 * target still is what it was when planned, and nobody else of this process is changing one; when something fails, what was applied is undone. A run that was cut off goes on where it stopped.
 * Each step is told to the audit, the first of a toolkit before it touches anything.
 * @param authority whose word lets it be done
 * @throws CTX_CHANGES_UNDONE, CTX_CHANGES_STAND, or the fault itself when nothing had been applied
 */
export async function carryOut (changeSet: PlannedChangeSet, authority: Authority, record: ApplyRecord, { toolkits, queue, ...context }: CarryOutContext): Promise<Carried> {
  const { session } = context
  const parts = partsOf(changeSet, authority.by, toolkits, session, record)
  const steps = parts.flatMap(({ toolkit, request: { plans } }) => toolkit.leavesNoTrace ? plans : [])
  const work: Work = { parts, authority, record, claim: { keys: keysOf(changeSet, steps), steps } }
  // Steps that leave no trace are named for what is called, not for what they change.
  const targets = [...new Set(changeSet.plans.filter((plan) => !steps.includes(plan)).flatMap(({ target, touches = [] }) => [target, ...touches.map((touch) => touch.target)]))]
  if (queue.isTaken(targets)) session.log('Waiting for another task that changes the same')
  try {
    return await queue.inTurn(targets, AbortSignal.any([session.signal, session.draining]), async () => {
      const done = record.failure ?? await applyAll(work, context)
      return 'evidence' in done ? { kind: 'done', ...done } : await takeBack(work, done, context)
    })
  } catch (error) {
    const reason: unknown = session.signal.aborted ? session.signal.reason : error
    if (reason instanceof TaskCancelled) tellWhatStands(parts, record, session)
    throw reason
  }
}

type Done = Omit<Extract<Carried, { kind: 'done' }>, 'kind'>

async function applyAll ({ parts, authority, record, claim: { keys, steps } }: Work, { session, step }: Omit<CarryOutContext, 'toolkits' | 'queue'>): Promise<Done | Failure> {
  const done: Done = { commit: undefined, files: [], evidence: [], made: [], maker: null }
  try {
    if (steps.length > 0 && record.authority === null && record.maker === null) {
      const maker = await claimSteps(keys, steps, session)
      if (maker !== null) await record.leaveTo(maker)
    }
    done.maker = record.maker
    const own = parts.filter(({ toolkit }) => record.maker === null || !toolkit.leavesNoTrace)
    const moved = (await Promise.all(own.map(async ({ toolkit, request, act }) => {
      const targets = await toolkit.moved?.(request) ?? []
      if (targets.length > 0) act('change.moved', { targets })
      return targets
    }))).flat()
    if (moved.length > 0) return movedFailure(moved)
    for (const { toolkit, request, act } of own) {
      session.checkpoint()
      step('Apply the change set', 80)
      act('change.started')
      if (!record.hasBegun(toolkit.id)) await keepForRollback(request, [...plansBegun(parts, record), ...request.plans], session)
      await record.begin(toolkit.id, authority)
      const applied = await inToolSpan('apply', toolkit.id, null, () => toolkit.apply(request))
      if (applied.kind === 'moved') {
        act('change.moved', { targets: applied.targets })
        return movedFailure(applied.targets)
      }
      act('change.applied', applied)
      await record.apply(toolkit.id)
      session.log(applied.found ? `An earlier run had applied them: ${applied.reference}` : `Applied: ${applied.reference}`)
      if (applied.remark !== undefined) session.log(applied.remark, 'warn')
      step('Read back and compare', 95)
      done.evidence.push(...await inToolSpan('verify', toolkit.id, null, () => toolkit.verify(request.plans, applied.reference, session.signal)))
      act('change.verified', applied)
      if (applied.remark !== undefined) done.evidence.push({ claim: 'Applied, and something is left to be done', detail: applied.remark })
      done.made.push(...request.plans)
      if (applied.commit === undefined) continue
      done.commit ??= applied.commit
      done.files.push(...targetsOf(request))
    }
    if (record.maker !== null) {
      session.log(`Not made again: ${record.maker}, a task of the same batch, had made it`)
      done.evidence.push(...steps.map(({ target }) => ({ claim: `Made once for the batch: ${target}`.slice(0, 500), detail: `${record.maker} made exactly this, so it was not made again` })))
    } else if (steps.length > 0) await settleClaim(keys, 'made', session)
    return done
  } catch (error) {
    session.signal.throwIfAborted()
    if (!(error instanceof TaskFault)) throw error
    return { code: error.code, message: error.message, retryable: error.retryable }
  }
}

function plansBegun (parts: readonly Part[], record: ApplyRecord): Plan[] {
  return parts.filter(({ toolkit }) => record.hasBegun(toolkit.id)).flatMap(({ request }) => request.plans)
}

/** Stored before anything is touched, and made less again by what is undone: whatever becomes of this run, a rollback knows what may stand. */
async function keepForRollback ({ planHash }: ApplyRequest, plans: readonly Plan[], session: LeaseSession): Promise<void> {
  await session.journal({ [`${appliedKey}${planHash}`]: plans.map(madeChange) })
}

function partsOf ({ plans, plan_hash: planHash }: PlannedChangeSet, authority: string, toolkits: readonly Toolkit[], session: LeaseSession, record: ApplyRecord): Part[] {
  const stranger = plans.find(({ toolkit }) => !toolkits.some(({ id, apply }) => id === toolkit && apply))
  if (stranger) throw toolkitAbsent(stranger.toolkit, plans.filter(({ toolkit }) => record.hasBegun(toolkit)).map(({ target }) => target))
  const { id: taskId, payload: { title } } = session.lease.task
  return toolkits.filter(canChange).flatMap((toolkit): Part[] => {
    const own = plans.filter((plan) => plan.toolkit === toolkit.id)
    if (own.length === 0) return []
    const request: ApplyRequest = {
      taskId,
      planHash,
      title,
      plans: own,
      signal: session.signal,
      get noted () { return record.notes(toolkit.id) },
      note: (target, state) => record.note(toolkit.id, target, state)
    }
    const act: Act = (action, { reference, targets } = {}) => {
      const of = targets ? own.filter(({ target }) => targets.includes(target)) : own
      session.act({
        action,
        plan_hash: planHash,
        toolkit: toolkit.id,
        authority: authority.slice(0, 500),
        reference: reference?.slice(0, 200) ?? null,
        changes: of.slice(0, namedChanges).map(({ tool, target, verb }) => ({ tool, target: target.slice(0, 500), verb })),
        changes_total: Math.max(of.length, 1)
      })
    }
    return [{ toolkit, request, act }]
  })
}

function canChange (toolkit: Toolkit): toolkit is Changer {
  return toolkit.apply !== undefined && toolkit.verify !== undefined
}

/** Undoes what was applied, last first. Journalled before, so that a run that is cut off here goes on with it. */
async function takeBack ({ parts, record, claim: { keys, steps } }: Work, failure: Failure, { session, step }: Omit<CarryOutContext, 'toolkits' | 'queue'>): Promise<Carried> {
  const begun = parts.filter(({ toolkit }) => record.hasBegun(toolkit.id)).reverse()
  const sum: Undone = { undone: [], left: [] }
  const standing: Plan[] = []
  const lost: string[] = []
  if (begun.length > 0) {
    session.log(`${sentence(failure.message)} Undoing what was applied`, 'warn')
    await record.fail(failure)
    step('Undo what was applied', 95)
  }
  for (const part of begun) {
    const { undone, left } = await undoPart(part, session)
    if (undone.length > 0) part.act('change.undone', { targets: undone })
    // What was made and is not there as it was made is another's by now: it is left, whatever it is.
    const others = record.hasApplied(part.toolkit.id) ? targetsOf(part.request).filter((target) => !undone.includes(target) && !left.some((each) => each.target === target)) : []
    if (left.length + others.length > 0) part.act('change.left', { targets: [...left.map(({ target }) => target), ...others] })
    lost.push(...others)
    sum.undone.push(...undone)
    sum.left.push(...left)
    standing.unshift(...part.request.plans.filter((plan) => left.some(({ target }) => target === plan.target)))
  }
  if (begun[0]) await keepForRollback(begun[0].request, standing, session)
  const account = accountOf(parts.flatMap(({ request }) => targetsOf(request)), sum, lost)
  if (begun.length > 0) session.log(account, 'warn')
  if (sum.left.length > 0) throw changesStand(sentence(failure.message), account)
  if (steps.length > 0 && record.maker === null) await settleClaim(keys, 'none', session)
  const undone = sum.undone.length > 0 && !failure.moved ? changesUndone(sentence(failure.message), sum.undone.join(', ')) : null
  if (begun.length > 0) await record.clear(undone ? { code: undone.code, message: undone.message, retryable: false } : failure.moved ? failure : null)
  if (failure.moved) return { kind: 'moved', targets: failure.moved }
  if (undone) throw undone
  throw new TaskFault(failure.code, failure.message, { retryable: failure.retryable })
}

/** @param lost what was applied, and is not there any more as it was made */
function accountOf (targets: readonly string[], { undone, left }: Undone, lost: readonly string[]): string {
  const touched = new Set([...undone, ...lost, ...left.map(({ target }) => target)])
  const lines: Array<[string, string[]]> = [
    ['Undone', undone],
    ['Still in place', left.map(({ target, reason }) => `${target} (${reason})`)],
    ['Applied, and since changed or taken away by others', [...lost]],
    ['Never applied', targets.filter((target) => !touched.has(target))]
  ]
  return lines.filter(([, list]) => list.length > 0).map(([what, list]) => `${what}: ${list.join(', ')}.`).join(' ')
}

/** A toolkit that cannot undo leaves all it may have changed; one that fails to is believed nothing. */
async function undoPart ({ toolkit, request }: Part, session: LeaseSession): Promise<Undone> {
  const leave = (reason: string): Undone => ({ undone: [], left: targetsOf(request).map((target) => ({ target, reason })) })
  const { undo } = toolkit
  if (!undo) return leave('what it changes cannot be undone, and it may have been made')
  try {
    return await inToolSpan('undo', toolkit.id, null, () => undo(request))
  } catch (error) {
    session.signal.throwIfAborted()
    if (!(error instanceof TaskFault)) throw error
    return leave(`undoing failed, so it may stand: ${error.message}`)
  }
}

/** A cancel asks to stop, not to undo; the log says what stands then. */
function tellWhatStands (parts: readonly Part[], record: ApplyRecord, session: LeaseSession): void {
  const list = (begun: boolean) => parts.filter(({ toolkit }) => record.hasBegun(toolkit.id) === begun).flatMap(({ request }) => targetsOf(request)).join(', ')
  if (list(true) !== '') session.log(`Cancelled in the middle of the change set. Applied or begun, and left as it is: ${list(true)}.${list(false) === '' ? '' : ` Not begun: ${list(false)}.`}`, 'warn')
}

function movedFailure (targets: string[]): Failure {
  const { code, message, retryable } = changesMoved(targets.join(', '))
  return { code, message, retryable, moved: targets }
}

function targetsOf ({ plans }: { plans: readonly Plan[] }): string[] {
  return plans.map(({ target }) => target)
}

function sentence (text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
