import { Type, type Static } from '@sinclair/typebox'
import { Approval, ChangeSet } from './approval.ts'
import { WorkerAct } from './audit.ts'
import { BudgetState } from './budget.ts'
import { StandingPolicy } from './policy.ts'
import { SubTaskOutcome, SubTasks } from './sub-task.ts'
import { Category, LogLine, Progress, Task, TaskError, TaskResult, Usage } from './task.ts'
import { Line, OneOf, Timestamp } from './text.ts'

/** What the coordinator must know of a master: which categories it takes and how much at once. */
export const MasterLimits = Type.Object({
  id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' }),
  title: Line(64),
  categories: Type.Array(Category, { minItems: 1, maxItems: 6 }),
  concurrency: Type.Integer({ minimum: 1, maximum: 1_000 })
}, { additionalProperties: false })
export type MasterLimits = Static<typeof MasterLimits>

/** One step of a run as its worker journalled it; what is inside `value` is the worker's own. Written before and after each step. */
export const JournalEntry = Type.Object({
  key: Line(200),
  value: Type.Unknown()
}, { additionalProperties: false })
export type JournalEntry = Static<typeof JournalEntry>

/**
 * `POST /v1/leases`: a long poll for work. `held` names the leases this agent still works on; leases of the same `agent_id` that
 * are not named are ended at once, so an agent that was killed and comes back does not wait for its old leases to run out.
 */
export const LeaseRequest = Type.Object({
  agent_id: Type.String({ pattern: '^[a-zA-Z0-9._-]{1,100}$' }),
  masters: Type.Array(MasterLimits, { minItems: 1, maxItems: 100 }),
  policy: Type.Optional({ ...StandingPolicy, description: 'The rules this agent works by' }),
  held: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 1_000, default: [] }),
  capacity: Type.Integer({ minimum: 1, maximum: 64, default: 1 }),
  wait_seconds: Type.Integer({ minimum: 0, maximum: 30, default: 20 })
}, { additionalProperties: false })
export type LeaseRequest = Static<typeof LeaseRequest>

export const Lease = Type.Object({
  lease_id: Type.String(),
  worker: Type.String({ description: 'The name of this run, daryl-…' }),
  attempt: Type.Integer({ minimum: 1 }),
  expires_at: Timestamp,
  task: Task,
  journal: Type.Array(JournalEntry, { description: 'Steps of earlier leases of this task, oldest first, the last value of each key' }),
  approval: Type.Union([Approval, Type.Null()], { description: 'The newest approval of this task, answered or not' }),
  undo: Type.Optional(Type.Array(JournalEntry, { description: 'Of a rollback: the change sets to take back, as the worker that carried them out journalled them, oldest first' })),
  above: Type.Optional(Type.Array(Category, { description: 'Of a sub-task: the categories of the tasks it is a part of. What the policy says of those counts for it as well' })),
  sub_tasks: Type.Optional(Type.Array(SubTaskOutcome, { description: 'Of a task that was split: what its sub-tasks came to' })),
  budget: BudgetState,
  traceparent: Type.Optional(Type.String({ description: 'The trace the task was created in, as W3C Trace Context has it' })),
  resumed_by: Type.Optional(Type.String({ description: 'The trace of the request that had the task go on: an approval, a retry' }))
})
export type Lease = Static<typeof Lease>

export const LeaseList = Type.Object({ leases: Type.Array(Lease) })
export type LeaseList = Static<typeof LeaseList>

/** `POST /v1/leases/:lease_id/report`. Every report is also the heartbeat; an empty one is only that. */
export const LeaseReport = Type.Object({
  progress: Type.Optional(Progress),
  log: Type.Optional(Type.Array(Type.Omit(LogLine, ['attempt'], { additionalProperties: false }), { maxItems: 1_000 })),
  journal: Type.Optional(Type.Array(JournalEntry, { maxItems: 100 })),
  usage: Type.Optional(Usage),
  acts: Type.Optional(Type.Array(WorkerAct, { maxItems: 100, description: 'What was done to the world, for the audit' }))
}, { additionalProperties: false })
export type LeaseReport = Static<typeof LeaseReport>

export const LeaseState = Type.Object({
  expires_at: Timestamp,
  cancel_requested: Type.Boolean({ description: 'A person cancelled the task: stop at the next step and report cancelled' }),
  cancel_reason: Type.Union([Type.String(), Type.Null()]),
  budget: Type.Optional({ ...BudgetState, description: 'As the report leaves it; a mere heartbeat is not told' })
})
export type LeaseState = Static<typeof LeaseState>

/**
 * `POST /v1/leases/:lease_id/claims`: says how far a worker is with changes nothing in the world could be recognised by, before it begins them and after. `none`
 * takes it back, where nothing of them stands.
 */
export const ChangeClaim = Type.Object({
  keys: Type.Array(Type.String({ pattern: '^sha256:[0-9a-f]{64}$' }), { minItems: 1, maxItems: 2, description: 'Hashes of what is changed. The first is looked for among the other tasks of the batch; others are to find it by any of them' }),
  state: OneOf(['begun', 'made', 'none'])
}, { additionalProperties: false })
export type ChangeClaim = Static<typeof ChangeClaim>

export const ClaimAnswer = Type.Object({
  holder: Type.Union([
    Type.Object({
      task_id: Type.String(),
      title: Type.String(),
      state: OneOf(['begun', 'made', 'unknown'], { description: 'unknown: it ended in the middle of them' })
    }),
    Type.Null()
  ], { description: 'The task of the same batch that claimed the same before; null when the changes are this worker\'s to make' })
})
export type ClaimAnswer = Static<typeof ClaimAnswer>

/** `POST /v1/leases/:lease_id/outcome` ends the lease. */
export const LeaseOutcome = Type.Union([
  Type.Object({ kind: Type.Literal('completed'), result: TaskResult }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('failed'), error: TaskError, retryable: Type.Boolean({ description: 'Another attempt may succeed where this one did not' }) }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('needs_approval'), change_set: ChangeSet }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('sub_tasks'), sub_tasks: SubTasks }, { additionalProperties: false, description: 'The task goes on when these have ended; once, unless it is retried, and not from a sub-task' }),
  Type.Object({ kind: Type.Literal('cancelled'), note: Type.String({ maxLength: 2_000 }) }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('released') }, { additionalProperties: false, description: 'Put back unfinished, as when the agent is stopped' })
])
export type LeaseOutcome = Static<typeof LeaseOutcome>
