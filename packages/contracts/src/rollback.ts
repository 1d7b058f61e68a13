import { Type, type Static } from '@sinclair/typebox'
import { TaskStatus } from './task.ts'

/** What the journal key of a change set that is or was carried out begins with; the rest is its plan hash. Kept as long as the task: a rollback reads those. */
export const appliedKey = 'applied:'

/** `POST /v1/tasks/:id/rollback`: the task that takes the changes of another back, each approved as any change is. */
export const StartedRollback = Type.Object({
  task_id: Type.String(),
  rollback_of: Type.String(),
  status: TaskStatus,
  message: Type.String()
})
export type StartedRollback = Static<typeof StartedRollback>

/** `POST /v1/batches/:id/rollback`: what was done last is rolled back first, and each waits for the one before. */
export const StartedBatchRollback = Type.Object({
  batch_id: Type.String(),
  rollbacks: Type.Array(StartedRollback),
  left: Type.Array(Type.Object({ task_id: Type.String(), code: Type.String(), message: Type.String() }), { description: 'Tasks of the batch that are not rolled back, and why' })
})
export type StartedBatchRollback = Static<typeof StartedBatchRollback>
