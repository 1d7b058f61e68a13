import { Category, Line, TaskStatus, TaskStatusReports, type TaskStatusReport } from '@cortex/contracts'
import { InputError } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { reportStatus } from '../status-report.ts'
import { longestPage } from '../store/page.ts'
import type { TaskStore } from '../store/task-store.ts'
import { defineTool } from '../tool.ts'

/** Tasks that are read at once: the largest are some 2 MB each. */
const readAtOnce = 10

export default defineTool({
  name: 'cortex_get_tasks',
  description: 'Read many tasks at once: those with the ids in task_ids, or the newest that match status, category, conversation and text (part of the title). Sub-tasks are left out unless parent_id names the task they are parts of. conversation "current" means this conversation. What an awaiting_approval task asks for is told by cortex_get_task_status. An id asked twice is answered once; ids in omitted did not fit, ask for them again.',
  readOnly: true,
  input: Type.Object({
    task_ids: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 200 })),
    status: Type.Optional(TaskStatus),
    category: Type.Optional(Category),
    conversation: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    parent_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    text: Type.Optional(Line(200)),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    cursor: Type.Optional(Type.String({ maxLength: 100 }))
  }, { additionalProperties: false }),
  output: TaskStatusReports,
  async run ({ taskStore }, { task_ids: ids, status, category, conversation, parent_id: parentId, text, limit = 50, cursor }, { conversationId }) {
    if (ids) {
      const filters = Object.entries({ status, category, conversation, parent_id: parentId, text, cursor }).flatMap(([name, value]) => value === undefined ? [] : name)
      if (filters.length > 0) throw new InputError(filters.map((name) => ({ field: `tool_input.${name}`, message: 'cannot stand beside task_ids; give ids or filters' })))
      return await readAll(taskStore, [...new Set(ids)])
    }
    const { tasks, next_cursor: next } = await taskStore.list({
      status, category, parent_id: parentId, text, limit, cursor, conversation_id: conversation === 'current' ? conversationId ?? '' : conversation
    })
    return { tasks: tasks.map((task) => reportStatus(task)), next_cursor: next }
  }
})

/** In the order asked, as many as make one page. */
async function readAll (taskStore: TaskStore, ids: readonly string[]): Promise<TaskStatusReports> {
  const tasks: TaskStatusReport[] = []
  let length = 0
  for (let first = 0; first < ids.length; first += readAtOnce) {
    const some = ids.slice(first, first + readAtOnce)
    const found = new Map((await taskStore.get(some)).map((task) => [task.id, reportStatus(task)]))
    for (const id of some) {
      const report = found.get(id) ?? { task_id: id, status: 'not_found' as const }
      length += JSON.stringify(report).length
      if (length > longestPage && tasks.length > 0) return { tasks, next_cursor: null, omitted: ids.slice(tasks.length) }
      tasks.push(report)
    }
  }
  return { tasks, next_cursor: null }
}
