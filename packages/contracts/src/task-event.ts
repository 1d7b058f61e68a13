import { Type, type Static } from '@sinclair/typebox'
import { Approval } from './approval.ts'
import { Task } from './task.ts'
import { OneOf, Timestamp } from './text.ts'

/**
 * What `/v1/events` sends. The SSE `event:` is `type`, the SSE `id:` is `seq`. Each event carries the whole record as it was when sent (a
 * replayed event carries today's), so applying one twice changes nothing and an older `task.rev` is ignored. Control frames carry no id:
 * `ready {seq}` first of all, `reset {seq}` when the cursor is too old (read the tasks anew, go on from `seq`), `goodbye` at a stop, and
 * `task.log`, a TaskLog: a gap in `from` means GET the log; lines of level `output` are the result as it comes into being.
 * A reader that is too slow is cut off. It comes back with the last id it has, which it sends as `Last-Event-ID`, and misses nothing.
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
