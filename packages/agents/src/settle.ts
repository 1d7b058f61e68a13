import { appliedKey, type Progress } from '@cortex/contracts'
import { ApplyRecord, type Authority } from './apply-record.ts'
import { carryOut, type Carried, type CarryOutContext } from './carry-out.ts'
import { checkChangeSet, type PlannedChangeSet } from './change-set.ts'
import { policyDenied } from './errors.ts'
import { decide, questionOf, type Policy } from './policy.ts'
import type { Kin } from './policy-rule.ts'
import { madeChange } from './toolkit.ts'

/** Where a change set stands after this. `offered`: a person has to answer first. */
export type Settlement =
  | { kind: 'offered' }
  | { kind: 'denied', by: string, reason: string | null }
  | Carried

export interface SettleContext extends CarryOutContext {
  kin: Kin
  policy: Policy
}

/**
 * Takes a journalled change set as far as it may go: not at all without a person's approval of exactly this hash (or a rule that waives it),
 * and then to its end, applied once and read back. Calling it again after a crash goes on where it stopped, under the word it was begun on.
 */
export async function settleChangeSet (changeSet: PlannedChangeSet, context: SettleContext): Promise<Settlement> {
  const { session, step } = context
  checkChangeSet(changeSet)
  const record = new ApplyRecord(session, changeSet.plan_hash)
  const authority = record.authority ?? authorityOf(changeSet, context)
  if ('kind' in authority) return authority

  session.checkpoint()
  step('Apply the change set', 80)
  session.log(`Applying ${changeSet.plans.length} changes: ${authority.by}`)
  const carried = await carryOut(changeSet, authority, record, context)
  if (carried.kind === 'moved') return carried
  // What another task made is its own to be rolled back.
  if (carried.made.length > 0) await session.journal({ [`${appliedKey}${changeSet.plan_hash}`]: carried.made.map(madeChange) })
  for (const { claim } of carried.evidence) session.log(`Verified: ${claim}`)
  return { ...carried, evidence: [{ claim: authority.claim, detail: `${authority.by}\nplan ${changeSet.plan_hash}` }, ...carried.evidence] }
}

function authorityOf (changeSet: PlannedChangeSet, { kin, policy, session: { lease: { approval } } }: SettleContext): Authority | Extract<Settlement, { kind: 'offered' | 'denied' }> {
  const answers = changeSet.plans.map((plan) => ({ target: plan.target, ...decide(policy, questionOf(kin, plan)) }))
  const denied = answers.find(({ decision }) => decision === 'deny')
  if (denied) throw policyDenied(`Changing ${denied.target}`, denied.rule)
  if (answers.every(({ decision }) => decision === 'auto')) {
    const rules = [...new Set(answers.map(({ rule }) => `"${rule}"`))].join(', ')
    return { claim: 'The policy lets this be applied without asking', by: `policy rule ${rules}` }
  }
  // An answer counts for exactly the change set the person read, and for no other.
  if (approval?.plan_hash !== changeSet.plan_hash) return { kind: 'offered' }
  if (approval.status === 'denied') return { kind: 'denied', by: approval.decided_by ?? 'somebody', reason: approval.reason }
  if (approval.status !== 'approved') return { kind: 'offered' }
  return { claim: 'A person approved exactly this change set', by: `approved by ${approval.decided_by ?? 'somebody'} (${approval.id})` }
}

/** Steps with their states, ready to be reported, when the one of this number has begun. */
export function stepsAt (names: readonly string[], current: number): NonNullable<Progress['steps']> {
  return names.slice(0, 64).map((name, index) => ({ name: name.slice(0, 200), status: index < current ? 'done' : index === current ? 'running' : 'pending' }))
}
