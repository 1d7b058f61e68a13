import { namedChanges, type Category, type Evidence, type Progress, type WorkerAct } from '@cortex/contracts'
import { checkChangeSet, type PlannedChangeSet } from './change-set.ts'
import { policyDenied } from './errors.ts'
import type { LeaseSession } from './lease-session.ts'
import { decide, questionOf, type Policy } from './policy.ts'
import type { Plan, Toolkit } from './toolkit.ts'

/** Where a change set stands after this. `offered`: a person has to answer first. */
export type Settlement =
  | { kind: 'offered' }
  | { kind: 'denied', by: string, reason: string | null }
  | { kind: 'moved', targets: string[] }
  | { kind: 'done', commit: string, files: string[], evidence: Evidence[] }

export interface SettleContext {
  session: LeaseSession
  category: Category
  policy: Policy
  toolkits: readonly Toolkit[]
  /** Shows the step now under way. */
  step: (name: string, percent: number) => void
}

/**
 * Takes a journalled change set as far as it may go: not at all without a person's approval of exactly this hash (or a rule that waives it),
 * and then to its end, applied once and read back. Calling it again after a crash goes on where it stopped.
 */
export async function settleChangeSet (changeSet: PlannedChangeSet, context: SettleContext): Promise<Settlement> {
  const { session, step } = context
  checkChangeSet(changeSet)
  const authority = authorityOf(changeSet, context)
  if (authority.kind !== 'granted') return authority

  session.checkpoint()
  step('Apply the change set', 80)
  session.log(`Applying ${changeSet.plans.length} changes: ${authority.by}`)
  const parts = byToolkit(changeSet.plans, context.toolkits)
  const act = (action: WorkerAct['action'], { id }: Toolkit, plans: readonly Plan[], reference: string | null): void => session.act({
    action,
    plan_hash: changeSet.plan_hash,
    toolkit: id,
    authority: authority.by.slice(0, 500),
    reference: reference?.slice(0, 200) ?? null,
    changes: plans.slice(0, namedChanges).map(({ tool, target, verb }) => ({ tool, target: target.slice(0, 500), verb })),
    changes_total: plans.length
  })
  // In the audit before anything is touched, so that what a lost worker may have done is seen there.
  for (const [toolkit, plans] of parts) act('change.started', toolkit, plans, null)
  await session.journal({ apply: { plan_hash: changeSet.plan_hash, state: 'started' } })
  const evidence: Evidence[] = [{ claim: authority.claim, detail: `${authority.by}\nplan ${changeSet.plan_hash}` }]
  const references: string[] = []
  for (const [toolkit, plans] of parts) {
    const { id: taskId, payload: { title } } = session.lease.task
    const applied = await toolkit.apply!({ taskId, planHash: changeSet.plan_hash, title, plans, signal: session.signal })
    if (applied.kind === 'moved') {
      act('change.moved', toolkit, plans, null)
      return applied
    }
    act('change.applied', toolkit, plans, applied.reference)
    session.log(applied.found ? `An earlier run had applied them: ${applied.reference}` : `Applied: ${applied.reference}`)
    references.push(applied.reference)
    step('Read back and compare', 95)
    evidence.push(...await toolkit.verify!(plans, applied.reference))
    act('change.verified', toolkit, plans, applied.reference)
  }
  for (const { claim } of evidence.slice(1)) session.log(`Verified: ${claim}`)
  return { kind: 'done', commit: references[0] ?? '', files: changeSet.plans.map(({ target }) => target), evidence }
}

type Authority = { kind: 'granted', by: string, claim: string } | Extract<Settlement, { kind: 'offered' | 'denied' }>

function authorityOf (changeSet: PlannedChangeSet, { category, policy, session: { lease: { approval } } }: SettleContext): Authority {
  const answers = changeSet.plans.map((plan) => ({ target: plan.target, ...decide(policy, questionOf(category, plan)) }))
  const denied = answers.find(({ decision }) => decision === 'deny')
  if (denied) throw policyDenied(`Changing ${denied.target}`, denied.rule)
  if (answers.every(({ decision }) => decision === 'auto')) {
    const rules = [...new Set(answers.map(({ rule }) => `"${rule}"`))].join(', ')
    return { kind: 'granted', claim: 'The policy lets this be applied without asking', by: `policy rule ${rules}` }
  }
  // An answer counts for exactly the change set the person read, and for no other.
  if (approval?.plan_hash !== changeSet.plan_hash) return { kind: 'offered' }
  if (approval.status === 'denied') return { kind: 'denied', by: approval.decided_by ?? 'somebody', reason: approval.reason }
  if (approval.status !== 'approved') return { kind: 'offered' }
  return { kind: 'granted', claim: 'A person approved exactly this change set', by: `approved by ${approval.decided_by ?? 'somebody'} (${approval.id})` }
}

function byToolkit (plans: readonly Plan[], toolkits: readonly Toolkit[]): Array<[Toolkit, Plan[]]> {
  return toolkits.flatMap((toolkit): Array<[Toolkit, Plan[]]> => {
    const own = plans.filter((plan) => plan.toolkit === toolkit.id)
    return own.length > 0 ? [[toolkit, own]] : []
  })
}

/** Steps with their states, ready to be reported, when the one of this number has begun. */
export function stepsAt (names: readonly string[], current: number): NonNullable<Progress['steps']> {
  return names.slice(0, 64).map((name, index) => ({ name: name.slice(0, 200), status: index < current ? 'done' : index === current ? 'running' : 'pending' }))
}
