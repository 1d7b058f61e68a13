import { Type, type Static } from '@sinclair/typebox'
import { Approval } from './approval.ts'
import { Category, Progress, Task, TaskError, TaskResult, TaskStatus, taskStatuses, TaskType } from './task.ts'
import { OneOf, Timestamp } from './text.ts'

export const CreatedTask = Type.Object({
  task_id: Type.String(),
  status: TaskStatus,
  message: Type.String(),
  created_at: Timestamp,
  estimated_start: Timestamp
})
export type CreatedTask = Static<typeof CreatedTask>

/** What `cortex_get_task_status` answers. An unknown id is an answer too: only `task_id`, `status` and `message` are there then. */
export const TaskStatusReport = Type.Object({
  task_id: Type.String(),
  status: OneOf([...taskStatuses, 'not_found']),
  message: Type.Optional(Type.String()),
  type: Type.Optional(TaskType),
  priority: Type.Optional(Type.Integer()),
  title: Type.Optional(Type.String()),
  category: Type.Optional(Category),
  created_at: Type.Optional(Timestamp),
  updated_at: Type.Optional(Timestamp),
  waiting_for: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  result: Type.Optional(Type.Union([TaskResult, Type.Null()])),
  progress: Type.Optional(Type.Union([Progress, Type.Null()])),
  error: Type.Optional(Type.Union([TaskError, Type.Null()])),
  approval: Type.Optional(Type.Union([Approval, Type.Null()]))
})
export type TaskStatusReport = Static<typeof TaskStatusReport>

/** What `cortex_get_tasks` answers: the short form of many tasks. */
export const TaskStatusReports = Type.Object({
  tasks: Type.Array(TaskStatusReport),
  next_cursor: Type.Union([Type.String(), Type.Null()])
})
export type TaskStatusReports = Static<typeof TaskStatusReports>

export const CancelledTask = Type.Object({
  task_id: Type.String(),
  status: TaskStatus,
  message: Type.String(),
  dependents: Type.Array(Type.Object({ task_id: Type.String(), title: Type.String() }), { description: 'Tasks that needed it and were cancelled with it' })
})
export type CancelledTask = Static<typeof CancelledTask>

export const RetriedTask = Type.Object({
  task_id: Type.String(),
  status: TaskStatus,
  attempt: Type.Integer(),
  message: Type.String(),
  task: Task,
  revived: Type.Array(Type.Object({ task_id: Type.String(), title: Type.String() }), { description: 'Tasks that were cancelled because this one failed and wait for it again' })
})
export type RetriedTask = Static<typeof RetriedTask>

/**
 * `POST /v1/batches/:id/close`: all calls of the turn are out. A call whose `depends_on` names nothing, or that closes a circle, failed;
 * its fault belongs into that call's own result, and nothing else suffers.
 */
export const ClosedBatch = Type.Object({
  batch_id: Type.String(),
  faults: Type.Array(Type.Object({ task_id: Type.String(), code: Type.String(), message: Type.String() }))
})
export type ClosedBatch = Static<typeof ClosedBatch>
