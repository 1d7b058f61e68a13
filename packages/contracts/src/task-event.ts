import { Type, type Static } from '@sinclair/typebox'
import { Approval } from './approval.ts'
import { Task } from './task.ts'
import { OneOf, Timestamp } from './text.ts'

/**
 * What `/v1/events` sends. The SSE `event:` is `type`, the SSE `id:` is `seq`. Each event carries the whole record, so applying one twice
 * changes nothing. `task.log` lines travel as SSE events named `task.log` with a TaskLog as data and no id: a gap in `from` means GET the log.
 */
export const TaskEvent = Type.Object({
  seq: Type.Integer({ minimum: 1 }),
  type: OneOf(['task.created', 'task.changed', 'task.progress', 'approval.changed']),
  task_id: Type.String(),
  at: Timestamp,
  task: Task,
  approval: Type.Optional(Approval)
})
export type TaskEvent = Static<typeof TaskEvent>
