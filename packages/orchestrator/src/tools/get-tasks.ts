import { Category, Line, TaskStatus, TaskStatusReports } from '@cortex/contracts'
import { InputError } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { reportStatus } from '../status-report.ts'
import { defineTool } from '../tool.ts'

export default defineTool({
  name: 'cortex_get_tasks',
  description: 'Read many tasks at once: those with the ids in task_ids, or the newest that match status, category, conversation and text (part of the title). conversation "current" means this conversation.',
  readOnly: true,
  input: Type.Object({
    task_ids: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 200 })),
    status: Type.Optional(TaskStatus),
    category: Type.Optional(Category),
    conversation: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    text: Type.Optional(Line(200)),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    cursor: Type.Optional(Type.String({ maxLength: 100 }))
  }, { additionalProperties: false }),
  output: TaskStatusReports,
  async run ({ taskStore }, { task_ids: ids, status, category, conversation, text, limit = 50, cursor }, { conversationId }) {
    if (ids) {
      const filters = Object.entries({ status, category, conversation, text, cursor }).flatMap(([name, value]) => value === undefined ? [] : name)
      if (filters.length > 0) throw new InputError(filters.map((name) => ({ field: `tool_input.${name}`, message: 'cannot stand beside task_ids; give ids or filters' })))
      const found = new Map((await taskStore.get(ids)).map((task) => [task.id, task]))
      return {
        tasks: ids.map((id) => {
          const task = found.get(id)
          return task ? reportStatus(task, null) : { task_id: id, status: 'not_found' as const }
        }),
        next_cursor: null
      }
    }
    const { tasks, next_cursor: next } = await taskStore.list({
      status, category, text, limit, cursor, conversation_id: conversation === 'current' ? conversationId ?? '' : conversation
    })
    return { tasks: tasks.map((task) => reportStatus(task, null)), next_cursor: next }
  }
})
