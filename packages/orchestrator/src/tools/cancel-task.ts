import { CancelledTask } from '@cortex/contracts'
import { Type } from '@sinclair/typebox'
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
  run: ({ coordinator }, { task_id: id, reason }, { user }) => coordinator.cancel(id, reason?.trim() || `Cancelled by ${user}`, user)
})
