import type { JournalEntry, LeaseOutcome } from '@cortex/contracts'
import { createChangeSet, offerOf, type PlannedChangeSet } from './change-set.ts'
import { rollbackImpossible, toolkitAbsent, workspaceBusy } from './errors.ts'
import { confirmationFor, kinOf } from './policy.ts'
import { settleChangeSet, stepsAt } from './settle.ts'
import { inToolSpan } from './spans.ts'
import { withoutSecrets, type BackPlanning, type MadeChange, type ToolContext, type Toolkit } from './toolkit.ts'
import type { Working } from './working.ts'

/** What a rollback leaves in the journal while its change set waits for an answer. */
interface Pending { change_set: PlannedChangeSet, summary: string }

const names = ['Plan the way back', 'Wait for approval', 'Apply the change set', 'Read back and compare']

/**
 * Takes back what another task changed, as a change set like any other: planned against what is there now, approved, applied once, read back.
 * @param undo the change sets of that task, oldest first
 */
export async function workByRollback (undo: readonly JournalEntry[], { session, toolkits, policy, queue }: Working): Promise<LeaseOutcome> {
  const { title } = session.lease.task.payload
  const kin = kinOf(session.lease)
  const step = (name: string, percent: number) => session.progress({ percent, step: name, steps: stepsAt(names, names.indexOf(name)) })
  let pending = session.lease.journal.find(({ key }) => key === 'change_set')?.value as Pending | undefined
  // As with a runbook: what moved since planning is planned anew, and somebody who keeps changing it meets the limit.
  for (let round = 1; round <= 5; round++) {
    if (!pending) {
      session.checkpoint()
      step(names[0]!, 10)
      const changes = undo.flatMap(({ value }) => value as MadeChange[]).reverse()
      const { plans, standing, left } = await planBack(changes, toolkits, { signal: session.signal, draft: [] })
      const remark = left.map(({ target, reason }) => `${target} (${reason})`).join(', ')
      if (left.length > 0) session.log(`Cannot be undone: ${remark}`, 'warn')
      if (plans.length === 0 && standing.length === 0) throw rollbackImpossible(remark)
      const summary = [`${title}: ${plans.length === 0 ? 'nothing is left to undo' : describe(plans.length)}.`, ...(left.length > 0 ? [`Cannot be undone: ${remark}.`] : [])].join(' ')
      if (plans.length === 0) {
        session.log('Everything already is as it was before; there is nothing left to undo')
        return { kind: 'completed', result: { summary: summary.slice(0, 2_000), evidence: standing.slice(0, 64).map((target) => ({ claim: `${target} is as it was before`.slice(0, 500), detail: 'Compared with what is there now; there is nothing left to undo' })) } }
      }
      for (const { dry_run: line } of plans) session.log(`Planned: ${line}`)
      pending = { change_set: createChangeSet(summary, plans, confirmationFor(policy, kin, plans)), summary: summary.slice(0, 2_000) }
      await session.journal({ change_set: pending })
    }
    const { change_set: changeSet, summary } = pending
    const settled = await settleChangeSet(changeSet, { session, kin, policy, queue, toolkits, step })
    switch (settled.kind) {
      case 'offered':
        step(names[1]!, 25)
        session.log(`${describe(changeSet.plans.length)} planned, waiting for approval`)
        return { kind: 'needs_approval', change_set: offerOf(changeSet) }
      case 'denied':
        return { kind: 'cancelled', note: `Denied by ${settled.by}${settled.reason ? `: ${settled.reason.slice(0, 1_500)}` : ''}. Nothing was rolled back.` }
      case 'done':
        return { kind: 'completed', result: { summary, ...(settled.commit !== undefined && { commit: settled.commit }), files: settled.files, evidence: settled.evidence } }
      case 'moved':
        session.log(`${settled.targets.join(', ')} changed since this was planned; planning anew`, 'warn')
        pending = undefined
    }
  }
  throw workspaceBusy()
}

/** One toolkit after the other; what one cannot plan is left, and said. */
async function planBack (changes: readonly MadeChange[], toolkits: readonly Toolkit[], context: ToolContext): Promise<BackPlanning> {
  const sum: BackPlanning = { plans: [], standing: [], left: [] }
  for (const [id, own] of Map.groupBy(changes, ({ toolkit }) => toolkit)) {
    const toolkit = toolkits.find((each) => each.id === id)
    if (!toolkit) throw toolkitAbsent(id)
    const { planBack } = toolkit
    const { plans, standing, left } = planBack
      ? withoutSecrets(await inToolSpan('plan', toolkit.id, null, () => planBack(own, context)))
      : { plans: [], standing: [], left: own.map(({ target }) => ({ target, reason: 'nothing takes it back' })) }
    sum.plans.push(...plans)
    sum.standing.push(...standing)
    sum.left.push(...left)
  }
  return sum
}

function describe (count: number): string {
  return `${count} change${count === 1 ? '' : 's'}`
}
