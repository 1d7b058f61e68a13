import type { LeaseOutcome, TaskResult } from '@cortex/contracts'
import { createChangeSet, offerOf, type PlannedChangeSet } from '../change-set.ts'
import { workspaceBusy } from '../errors.ts'
import { confirmationFor, kinOf } from '../policy.ts'
import { settleChangeSet, stepsAt, type Settlement } from '../settle.ts'
import type { Working } from '../working.ts'
import { changeSteps, followRunbook, type RunbookAim } from './engine.ts'
import type { Runbook } from './runbook.ts'

/** What a runbook leaves in the journal while its change set waits for an answer. */
interface Pending { change_set: PlannedChangeSet, result: Pick<TaskResult, 'summary' | 'report'> }

/** Does one task by its runbook, as far as it goes without an answer; with the answer, to its end. */
export async function workByRunbook (runbook: Runbook, aim: RunbookAim, { session, toolkits, policy, queue }: Working): Promise<LeaseOutcome> {
  const kin = kinOf(session.lease)
  const names = [...runbook.steps.map(({ name }) => name), ...changeSteps]
  const step = (name: string, percent: number) => session.progress({ percent, step: name, steps: stepsAt(names, names.indexOf(name)) })
  const settle = (changeSet: PlannedChangeSet): Promise<Settlement> =>
    settleChangeSet(changeSet, { session, kin, policy, queue, toolkits, step })

  let pending = session.lease.journal.find(({ key }) => key === 'change_set')?.value as Pending | undefined
  if (!pending) {
    session.log(`Following the runbook "${runbook.title}"`)
    for (const remark of aim.remarks) session.log(remark, 'warn')
  }
  // A base that moved since planning is planned anew; somebody who keeps changing it meets the limit.
  for (let round = 1; round <= 5; round++) {
    if (!pending) {
      const { plans, standing, made_by: madeBy, evidence, ...result } = await followRunbook(runbook, { aim, session, policy, toolkits, journal: round === 1 ? session.lease.journal : [] })
      const kept = { summary: result.summary, ...(result.report !== undefined && { report: result.report }) }
      if (plans.length === 0) {
        const inPlace = standing.map((target) => ({ claim: `${target} is already in place`, detail: ['The last commit holds it exactly as the runbook writes it', ...(madeBy[target] === undefined ? [] : [`made by ${madeBy[target]}`])].join(', ') }))
        const makers = [...new Set(standing.flatMap((target) => madeBy[target] ?? []))]
        const by = makers.length > 0 ? `, made by ${makers.join(', ')}` : ''
        if (inPlace.length > 0) session.log(`Everything is already in place${by}; there is nothing to change`)
        const summary = inPlace.length > 0 ? `Already in place${by}; nothing to change. ${kept.summary}`.slice(0, 2_000) : kept.summary
        return { kind: 'completed', result: { ...kept, summary, evidence: [...inPlace, ...evidence].slice(0, 64), files: standing } }
      }
      pending = { change_set: createChangeSet([`${runbook.title}: ${describe(plans.length)}`, ...aim.remarks].map(withoutStop).join('. ').slice(0, 500), plans, confirmationFor(policy, kin, plans)), result: kept }
      await session.journal({ change_set: pending })
    }
    const { change_set: changeSet, result } = pending
    const settled = await settle(changeSet)
    switch (settled.kind) {
      case 'offered':
        step(changeSteps[0]!, Math.round(runbook.steps.length / names.length * 100))
        session.log(`${describe(changeSet.plans.length)} planned, waiting for approval`)
        return { kind: 'needs_approval', change_set: offerOf(changeSet) }
      case 'denied':
        return { kind: 'cancelled', note: `Denied by ${settled.by}${settled.reason ? `: ${settled.reason.slice(0, 1_500)}` : ''}. Nothing was applied. A runbook cannot plan differently: a retry plans the same again, unless you word the task anew.` }
      case 'done': {
        const summary = settled.maker === null ? result.summary : `Made once for the batch, by ${settled.maker}. ${result.summary}`.slice(0, 2_000)
        return { kind: 'completed', result: { ...result, summary, ...(settled.commit !== undefined && { commit: settled.commit }), files: settled.files, evidence: settled.evidence } }
      }
      case 'moved':
        session.log(`${settled.targets.join(', ')} changed since this was planned; planning anew`, 'warn')
        pending = undefined
    }
  }
  throw workspaceBusy()
}

function describe (count: number): string {
  return `${count} file${count === 1 ? '' : 's'}`
}

/** Remarks are sentences, and go where the whole is joined by full stops. */
function withoutStop (text: string): string {
  return text.replace(/\.$/, '')
}
