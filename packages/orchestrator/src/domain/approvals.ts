import { ownerOf, type Approval, type ApprovalDecision, type ChangeSet } from '@cortex/contracts'
import { InputError } from '@cortex/service'
import { ApprovalDecided, ApprovalNotFound, ApprovalOwn, ApprovalPlanChanged } from '../errors.ts'
import { alsoAsk, askedBy } from './askers.ts'
import { randomText } from './new-task.ts'
import { revise, type Rule, type TaskView } from './record.ts'

/** The question to a person. An earlier one of the same task that nobody answered no longer counts. */
export function openApproval ({ record, parent, approval: earlier }: TaskView, changeSet: ChangeSet, now: Date): Approval[] {
  // Approvals from before a retry no longer speak for the task, and this one does, though the clock may have been put back since.
  const at = now.toISOString()
  const createdAt = record.retried_at !== null && record.retried_at > at ? record.retried_at : at
  const opened: Approval = {
    id: `approval-${now.getTime()}-${randomText(9)}`,
    task_id: record.task.id,
    task_title: record.task.payload.title,
    ...(parent && { part_of: { task_id: parent.task.id, title: parent.task.payload.title } }),
    requested_by: record.task.requested_by,
    conversation_id: record.task.conversation_id,
    status: 'pending',
    summary: changeSet.summary,
    risk: changeSet.risk,
    changes: changeSet.changes,
    dry_run: changeSet.dry_run,
    plan_hash: changeSet.plan_hash,
    ...(changeSet.confirm !== undefined && { confirm: changeSet.confirm }),
    created_at: createdAt,
    decided_by: null,
    reason: null
  }
  return [...supersede(earlier), opened]
}

export function supersede (approval: Approval | null): Approval[] {
  return approval?.status === 'pending' ? [{ ...approval, status: 'superseded' }] : []
}

/**
 * A person's answer. The task goes back into the queue: its worker applies what was approved, or hears why not.
 * @param trace of the request that answers, as W3C `traceparent`
 */
export function decideApproval (id: string, { decision, plan_hash: planHash, confirm, reason }: ApprovalDecision, user: string, trace: string | null, mustDiffer = false): Rule<Approval> {
  return (view, now) => {
    const { record, approval } = view
    if (approval?.id !== id) throw approval ? new ApprovalDecided('superseded', '') : new ApprovalNotFound(id)
    if (approval.status !== 'pending') throw new ApprovalDecided(approval.status, approval.decided_by ? `, by ${approval.decided_by}` : '')
    if (mustDiffer && decision === 'approve' && askedBy(view).has(ownerOf(user))) throw new ApprovalOwn()
    if (approval.plan_hash !== planHash) throw new ApprovalPlanChanged()
    if (decision === 'approve' && approval.confirm !== undefined && approval.confirm !== confirm) throw new InputError([{ field: 'confirm', message: `must be the name of what is changed, as the approval has it: ${JSON.stringify(approval.confirm)}` }])
    const decided: Approval = { ...approval, status: decision === 'approve' ? 'approved' : 'denied', decided_by: user, reason: reason ?? null }
    // The worker takes the words to heart and plans again: the next plan is also theirs.
    const steers = decision === 'deny' && decided.reason !== null
    const next = revise(record, now, { status: 'queued', waiting_for: null }, { ready: true, continues: true, resumed_by: trace, ...steers && alsoAsk(record, user) })
    return { reply: decided, approvals: [decided], records: [next] }
  }
}
