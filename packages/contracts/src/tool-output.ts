import { Type, type Static } from '@sinclair/typebox'
import { Approval } from './approval.ts'
import { categories, Category, Progress, Task, TaskError, TaskResult, TaskStatus, taskStatuses, TaskType, Usage } from './task.ts'
import { EachOf, OneOf, Timestamp } from './text.ts'

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
  cancel_reason: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  approval: Type.Optional(Type.Union([Approval, Type.Null()]))
})
export type TaskStatusReport = Static<typeof TaskStatusReport>

/** What `cortex_get_tasks` answers: the short form of many tasks. */
export const TaskStatusReports = Type.Object({
  tasks: Type.Array(TaskStatusReport),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
  omitted: Type.Optional(Type.Array(Type.String(), { description: 'Ids out of task_ids that did not fit into one answer: ask for them in another call' }))
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

/** What `cortex_list_agents` answers: who works, and on what. */
export const AgentList = Type.Object({
  masters: Type.Array(Type.Object({
    id: Type.String(),
    title: Type.String(),
    categories: Type.Array(Category),
    concurrency: Type.Integer({ description: 'Tasks this master works on at once, at most' }),
    announced: Type.Boolean({ description: 'An agent has offered to work for this master in the last two minutes; without one its tasks wait, or go to another master that takes their category' }),
    running: Type.Integer(),
    queued: Type.Integer(),
    waiting: Type.Integer({ description: 'Tasks that wait for another task, a time or a target' }),
    awaiting_approval: Type.Integer(),
    workers: Type.Array(Type.Object({
      name: Type.String({ description: 'The name of this run, daryl-…' }),
      task_id: Type.String(),
      title: Type.String(),
      since: Timestamp
    }))
  }))
})
export type AgentList = Static<typeof AgentList>

const TasksByStatus = EachOf(taskStatuses, Type.Integer({ minimum: 0 }))

/** How long something took, in milliseconds: the median, and what 95 of 100 tasks did not exceed. Null while nothing is known. */
const Latency = Type.Object({
  p50_ms: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  p95_ms: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])
})

/** What `cortex_get_metrics` answers. Counts and usage cover all stored tasks; the rest covers what this process saw since it started. */
export const TaskMetrics = Type.Object({
  by_status: TasksByStatus,
  by_category: EachOf(categories, TasksByStatus),
  throughput: Type.Object({
    ended_last_minute: Type.Integer({ minimum: 0 }),
    ended_last_hour: Type.Integer({ minimum: 0 })
  }, { description: 'Tasks completed, failed or cancelled, as seen since the orchestrator started' }),
  latency: Type.Object({
    tasks: Type.Integer({ minimum: 0, description: 'Tasks the latencies are taken from: the newest 1,000 that ended since the orchestrator started' }),
    create_to_start: { ...Latency, description: 'From the create to the first start; what a task waited for counts in' },
    start_to_end: { ...Latency, description: 'From the first start to the end; waiting for approval counts in' }
  }),
  usage: { ...Usage, description: 'Tokens and cost of all stored tasks' },
  spent: Type.Object({
    batch: Type.Union([Usage, Type.Null()]),
    conversation: Type.Union([Usage, Type.Null()])
  }, { description: 'Tokens and cost of the tasks of the batch and the conversation that were asked for; null where none was, or nothing is known of it' })
})
export type TaskMetrics = Static<typeof TaskMetrics>
