import { CancelledTask } from '@cortex/contracts'
import { Type } from '@sinclair/typebox'
import { cancelTask } from '../domain/cancel.ts'
import { idempotencyOf } from '../idempotency.ts'
import { defineTool } from '../tool.ts'

export default defineTool({
  name: 'cortex_cancel_task',
  description: 'Stop one task. One that waits ends at once; a running one stops at its next step. Tasks that need it are cancelled with it and named.',
  readOnly: false,
  input: Type.Object({
    task_id: Type.String({ minLength: 1, maxLength: 200 }),
    reason: Type.Optional(Type.String({ maxLength: 2_000 }))
  }, { additionalProperties: false }),
  output: CancelledTask,
  async run ({ taskStore }, { task_id: id, reason }, context) {
    const { user, givenInput } = context
    const once = idempotencyOf(context, { cortex_cancel_task: givenInput })
    const { reply, task } = await taskStore.changeOnce(id, cancelTask(reason?.trim() || `Cancelled by ${user}`, user), once)
    // A repeat finds the task as it is now, which a retry may have brought back.
    return task.status === reply.status ? reply : { ...reply, status: task.status, message: `${reply.message}. That was then: it is ${task.status.replace('_', ' ')} now` }
  }
})
