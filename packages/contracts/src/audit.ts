import { Type, type Static } from '@sinclair/typebox'
import { Line, OneOf, Timestamp } from './text.ts'

/** Changes of one change set that a line names; its hash binds them all. */
export const namedChanges = 20

const Hash = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })

/** What a worker does to the world. `change.started` is stored before anything is touched; `change.moved` says that nothing was applied, `change.undone` and `change.left` what became of it when a later change failed. */
export const workerActions = ['change.started', 'change.moved', 'change.applied', 'change.verified', 'change.undone', 'change.left'] as const

/** What a worker did with one toolkit's part of a change set. `n` counts from 0 within the lease, so that what is reported again is taken once. */
export const WorkerAct = Type.Object({
  n: Type.Integer({ minimum: 0 }),
  action: OneOf(workerActions),
  plan_hash: Hash,
  toolkit: Line(64),
  authority: Line(500, { description: 'Whose word lets it be done: an approval, or rules of the policy' }),
  reference: Type.Union([Type.String({ maxLength: 200 }), Type.Null()], { description: 'What the toolkit calls the applied change, as a commit' }),
  changes: Type.Array(Type.Object({ tool: Line(200), target: Line(500), verb: Line(64) }, { additionalProperties: false }), { maxItems: namedChanges }),
  changes_total: Type.Integer({ minimum: 1 })
}, { additionalProperties: false })
export type WorkerAct = Static<typeof WorkerAct>

export const auditActions = [
  'task.created', 'task.imported', 'task.started', 'task.lost', 'task.released', 'task.attempt_failed', 'task.split', 'task.cancel_requested', 'task.completed', 'task.failed', 'task.cancelled', 'task.retried', 'task.revived',
  'change_set.offered', 'change_set.superseded', 'approval.decided', ...workerActions, 'batch.closed', 'session.started', 'session.ended', 'token.created', 'token.revoked', 'audit.truncated'
] as const
export const AuditAction = OneOf(auditActions)
export type AuditAction = Static<typeof AuditAction>

/**
 * One line of the audit. `hash` is the SHA-256 of the canonical JSON (sorted keys, no spaces) of all its other fields, and `prev_hash` that of the line
 * before, so no line can be changed, left out or moved without all that follow showing it.
 */
export const AuditEntry = Type.Object({
  seq: Type.Integer({ minimum: 1, description: 'Counts up by one, in the order of commits' }),
  at: Timestamp,
  actor: Type.String({ description: '`user:` and a name, `worker:` and a name, or `cortex` for what it does by itself' }),
  action: AuditAction,
  task_id: Type.Union([Type.String(), Type.Null()]),
  batch_id: Type.Union([Type.String(), Type.Null()]),
  details: Type.Record(Type.String(), Type.Unknown(), { description: 'Names, numbers and hashes; no text of files, diffs or results' }),
  prev_hash: Hash,
  hash: Hash
}, { additionalProperties: false })
export type AuditEntry = Static<typeof AuditEntry>

/** Where the chain ends. Kept elsewhere, it proves that everything up to here was there. */
export const AuditHead = Type.Object({ seq: Type.Integer({ minimum: 0 }), hash: Hash })
export type AuditHead = Static<typeof AuditHead>

/** `GET /v1/audit`, oldest first. */
export const AuditPage = Type.Object({
  entries: Type.Array(AuditEntry),
  next_after: Type.Union([Type.Integer(), Type.Null()], { description: '`after` of the next page; null when there is none' }),
  head: AuditHead
})
export type AuditPage = Static<typeof AuditPage>
