import { TaskStatusReport } from '@cortex/contracts'
import { Type } from '@sinclair/typebox'
import { reportStatus } from '../status-report.ts'
import { defineTool } from '../tool.ts'
import { waitForChange } from '../wait-for-change.ts'

export default defineTool({
  name: 'cortex_get_task_status',
  description: 'Read one task. Set wait_seconds to be answered when it changes instead of asking again.',
  readOnly: true,
  input: Type.Object({
    task_id: Type.String({ minLength: 1, maxLength: 200 }),
    wait_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 30, default: 0 }))
  }, { additionalProperties: false }),
  output: TaskStatusReport,
  async run ({ taskStore, closing }, { task_id: id, wait_seconds: wait = 0 }, { signal }) {
    const task = await waitForChange(taskStore, id, wait * 1_000, AbortSignal.any([signal, closing]))
    if (!task) return { task_id: id, status: 'not_found' as const, message: `There is no task ${id}` }
    const [approval] = await taskStore.approvals({ task_ids: [id], limit: 1 })
    return reportStatus(task, approval ?? null)
  }
})
