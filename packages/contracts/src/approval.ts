import { Type, type Static } from '@sinclair/typebox'
import { Line, OneOf, Timestamp } from './text.ts'

export const risks = ['low', 'medium', 'high'] as const
export const Risk = OneOf(risks)
export type Risk = Static<typeof Risk>

/** One change as a person reads it: everything the change will do stands in `diff`. */
export const Change = Type.Object({
  toolkit: Line(64),
  target: Line(500, { description: 'What is changed: a file, an object' }),
  verb: Line(64, { description: 'create, update, delete' }),
  risk: Type.Optional({ ...Risk, description: 'Of this one change; not there on what was asked before it was told' }),
  diff: Type.String({ maxLength: 200_000, description: 'Unified diff, complete' })
}, { additionalProperties: false })
export type Change = Static<typeof Change>

/** Everything a worker wants to change, bound by one hash. A worker offers it; a person answers it. */
export const ChangeSet = Type.Object({
  summary: Line(500),
  risk: Risk,
  changes: Type.Array(Change, { minItems: 1, maxItems: 100 }),
  dry_run: Type.String({ maxLength: 4_000, description: 'What the dry run said' }),
  plan_hash: Type.String({ pattern: '^sha256:[0-9a-f]{64}$' }),
  confirm: Type.Optional(Line(500, { description: 'The name a person has to type to approve this; not there when a click is enough' }))
}, { additionalProperties: false })
export type ChangeSet = Static<typeof ChangeSet>

export const ApprovalStatus = OneOf(['pending', 'approved', 'denied', 'superseded'])
export type ApprovalStatus = Static<typeof ApprovalStatus>

export const Approval = Type.Object({
  id: Type.String(),
  task_id: Type.String(),
  task_title: Type.Optional(Type.String({ description: 'Not there on what was asked before it was kept' })),
  part_of: Type.Optional(Type.Object({ task_id: Type.String(), title: Type.String() }, { description: 'The task that was split, when a part of it asks' })),
  requested_by: Type.Optional(Type.String({ description: 'Who asked for the task; not there on what was asked before it was kept' })),
  conversation_id: Type.Union([Type.String(), Type.Null()]),
  status: ApprovalStatus,
  summary: Type.String(),
  risk: Risk,
  changes: Type.Array(Change),
  dry_run: Type.String(),
  plan_hash: Type.String(),
  confirm: Type.Optional(Type.String({ description: 'The name that has to be sent with an approval, as confirm; not there when none is needed' })),
  created_at: Timestamp,
  decided_by: Type.Union([Type.String(), Type.Null()]),
  reason: Type.Union([Type.String(), Type.Null()])
})
export type Approval = Static<typeof Approval>

export const ApprovalList = Type.Object({ approvals: Type.Array(Approval) })
export type ApprovalList = Static<typeof ApprovalList>

/** One that waits, as it is counted and told of. */
export const WaitingApproval = Type.Object({
  id: Type.String(),
  task_id: Type.String(),
  title: Type.String({ description: 'Of the task' }),
  conversation_id: Type.Union([Type.String(), Type.Null()])
})
export type WaitingApproval = Static<typeof WaitingApproval>

/** `GET /v1/waiting-approvals`; 200 at most. */
export const WaitingApprovals = Type.Object({ approvals: Type.Array(WaitingApproval) })
export type WaitingApprovals = Static<typeof WaitingApprovals>

/** A person's answer. `plan_hash` says which change set they saw; another one is refused. */
export const ApprovalDecision = Type.Object({
  decision: OneOf(['approve', 'deny']),
  plan_hash: Type.String({ maxLength: 100 }),
  confirm: Type.Optional(Type.String({ maxLength: 500, description: 'What the person typed, where the approval asks for a name' })),
  reason: Type.Optional(Type.String({ maxLength: 2_000 }))
}, { additionalProperties: false })
export type ApprovalDecision = Static<typeof ApprovalDecision>

/** Many answers in one call: `POST /v1/approvals`. Each is decided on its own. */
export const ApprovalDecisions = Type.Object({
  decisions: Type.Array(Type.Object({ id: Type.String({ maxLength: 100 }), ...ApprovalDecision.properties }, { additionalProperties: false }), { minItems: 1, maxItems: 200 })
}, { additionalProperties: false })
export type ApprovalDecisions = Static<typeof ApprovalDecisions>

/** The answers, in the order asked: the approval as decided, or why it was not. No answer waits for another or is lost with it. */
export const ApprovalDecisionResults = Type.Object({
  results: Type.Array(Type.Object({
    id: Type.String(),
    approval: Type.Union([Approval, Type.Null()]),
    error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()])
  }))
})
export type ApprovalDecisionResults = Static<typeof ApprovalDecisionResults>
