import { RetriedTask } from '@cortex/contracts'
import { traceparent } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { retryTask } from '../domain/retry-task.ts'
import { idempotencyOf } from '../idempotency.ts'
import { defineTool } from '../tool.ts'

export default defineTool({
  name: 'cortex_retry_task',
  description: 'Start a new attempt on a failed or cancelled task. Tasks that were cancelled because of it wait for it again. One set for a time that has not come waits for it.',
  readOnly: false,
  input: Type.Object({ task_id: Type.String({ minLength: 1, maxLength: 200 }) }, { additionalProperties: false }),
  output: RetriedTask,
  async run ({ taskStore }, { task_id: id }, context) {
    const once = idempotencyOf(context, { cortex_retry_task: context.givenInput })
    const { reply, task } = await taskStore.changeOnce(id, retryTask(context.user, traceparent()), once)
    return { ...reply, task }
  }
})
