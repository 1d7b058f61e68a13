import { hash } from 'node:crypto'
import { canonicalJson, isTerminal, namedChanges, type Approval, type AuditAction, type AuditEntry, type AuditHead, type Credential, type Task, type TaskStatus, type WorkerAct } from '@cortex/contracts'
import { redact } from '@cortex/secrets'
import type { TaskRecord } from '../domain/record.ts'

/** What is to be said of one change, before the chain gives it its place. */
export type AuditDraft = Omit<AuditEntry, 'seq' | 'prev_hash' | 'hash'>

/** Who acts when nobody asked. */
const itself = 'cortex'
/** Characters of a reason. */
const longestReason = 500

/** @param worker who made it, where it was one */
export function auditCreated (record: TaskRecord, worker: string | null): AuditDraft {
  return draft(record, worker === null ? userNamed(record.task.requested_by) : workerNamed(worker), 'task.created', requestOf(record.task))
}

export function auditImported (record: TaskRecord): AuditDraft {
  return draft(record, itself, 'task.imported', requestOf(record.task))
}

/**
 * What of a change is worth a line; most of a task's life is not.
 * @param user who had it done, where it was a person
 */
export function auditChanged (record: TaskRecord, before: TaskRecord, user: string | null): AuditDraft[] {
  const asker = user === null ? itself : userNamed(user)
  if (record.cancel && !before.cancel) return [draft(record, asker, 'task.cancel_requested', { reason: shorten(record.cancel.reason) })]
  const action = actionOf(record, before, user !== null)
  if (action === null) return []
  // A worker ends what it works on, unless it was found missing.
  const worked = before.lease !== null && record.task.attempts.at(-1)?.outcome !== 'lost'
  const actor = worked || action === 'task.started' ? workerNamed(record.task.worker ?? before.task.worker) : asker
  return [draft(record, actor, action, detailsOf(action, record.task))]
}

export function auditApproval (record: TaskRecord, { id, status, plan_hash: planHash, risk, changes, decided_by: decidedBy, reason }: Approval): AuditDraft {
  const asked = { approval_id: id, plan_hash: planHash }
  switch (status) {
    case 'pending': return draft(record, workerNamed(record.task.worker), 'change_set.offered', {
      ...asked,
      risk,
      changes: changes.slice(0, namedChanges).map(({ toolkit, target, verb, diff }) => ({ toolkit, target, verb, diff_sha256: hashOf(diff) })),
      changes_total: changes.length
    })
    case 'superseded': return draft(record, itself, 'change_set.superseded', asked)
    case 'approved':
    case 'denied': return draft(record, userNamed(decidedBy ?? 'unknown'), 'approval.decided', { ...asked, decision: status, reason: shorten(reason) })
  }
}

export function auditAct (record: TaskRecord, { n: _, action, ...details }: WorkerAct): AuditDraft {
  return draft(record, workerNamed(record.task.worker), action, details)
}

export function auditBatchClosed (batchId: string, tasks: number, faults: number, now: Date): AuditDraft {
  return { at: now.toISOString(), actor: itself, action: 'batch.closed', task_id: null, batch_id: batchId, details: { tasks, faults } }
}

/**
 * Who signed in or out, and who made or revoked a token.
 * @param user null where Cortex ended it, as its owner was taken out
 */
export function auditCredential ({ id, kind, owner, via, name, roles }: Credential, user: string | null, happened: 'began' | 'ended', now: Date): AuditDraft {
  const action = kind === 'session' ? happened === 'began' ? 'session.started' : 'session.ended' : happened === 'began' ? 'token.created' : 'token.revoked'
  return { at: now.toISOString(), actor: user === null ? itself : userNamed(user), action, task_id: null, batch_id: null, details: { id, owner, via, ...(kind === 'token' && { name, roles }) } }
}

/** Says which lines are no longer there, so that what is left of the chain need not begin with its first. */
export function auditTruncated (through: AuditHead, now: Date): AuditDraft {
  return { at: now.toISOString(), actor: itself, action: 'audit.truncated', task_id: null, batch_id: null, details: { through_seq: through.seq, through_hash: through.hash } }
}

const endings: Partial<Record<TaskStatus, AuditAction>> = { completed: 'task.completed', failed: 'task.failed', cancelled: 'task.cancelled' }

function actionOf ({ task: now }: TaskRecord, { task: then }: TaskRecord, byUser: boolean): AuditAction | null {
  if (now.status === then.status) return null
  const ending = endings[now.status]
  if (ending) return ending
  // Those that come back with one that is retried were not asked for themselves.
  if (isTerminal(then.status)) return byUser ? 'task.retried' : 'task.revived'
  if (now.status === 'in_progress') return 'task.started'
  if (then.status !== 'in_progress') return null
  const outcome = now.attempts.at(-1)?.outcome
  if (now.status === 'waiting') return outcome === 'split' ? 'task.split' : 'task.attempt_failed'
  return outcome === 'lost' ? 'task.lost' : outcome === 'released' ? 'task.released' : null
}

function detailsOf (action: AuditAction, { attempt, metadata, result, error, usage, sub_tasks: subTasks }: Task): AuditDraft['details'] {
  switch (action) {
    case 'task.completed': return {
      attempt, usage, evidence: result?.evidence.length, commit: result?.commit, result_sha256: hashOf(canonicalJson(result))
    }
    case 'task.failed':
    case 'task.attempt_failed': return { attempt, usage, error_code: error?.code }
    case 'task.split': return { attempt, usage, sub_tasks: subTasks }
    case 'task.cancelled': return { attempt, usage, reason: shorten(metadata.cancel_reason) }
    default: return { attempt }
  }
}

/** The request itself may be long and hold anything; its hash proves what it was, and conversation and call say where it stands. */
function requestOf ({ payload: { title, category, query }, ...task }: Task): AuditDraft['details'] {
  return {
    // Nothing can be taken out of the audit later.
    title: redact(title),
    category,
    priority: task.priority,
    status: task.status,
    source: task.metadata.source,
    assigned_to: task.assigned_to,
    conversation_id: task.conversation_id,
    idempotency_key: task.idempotency_key,
    target: task.target,
    ...task.parent_id !== null && { parent_id: task.parent_id },
    depends_on: task.depends_on.length,
    request_sha256: hashOf(query)
  }
}

function draft ({ task }: TaskRecord, actor: string, action: AuditAction, details: AuditDraft['details']): AuditDraft {
  return { at: task.metadata.updated_at, actor, action, task_id: task.id, batch_id: task.batch_id, details }
}

function userNamed (name: string): string {
  return `user:${name}`
}

function workerNamed (name: string | null): string {
  return name === null ? itself : `worker:${name}`
}

function shorten (text: string | null | undefined): string | null {
  return text == null ? null : redact(text).slice(0, longestReason)
}

function hashOf (text: string): string {
  return hash('sha256', text)
}
