import { CancelledTask, Category, Line, RetriedTask, Task, TaskList, TaskLog, TaskStatus } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { readCaller } from '../caller.ts'
import { TaskNotFound } from '../errors.ts'

const Id = Type.Object({ id: Type.String({ maxLength: 200 }) })

export default async function tasks (app: Service) {
  app.get('/v1/tasks', {
    config: { access: 'viewer' },
    schema: {
      summary: 'Tasks, newest first',
      tags: ['tasks'],
      querystring: Type.Object({
        status: Type.Optional(TaskStatus),
        category: Type.Optional(Category),
        conversation_id: Type.Optional(Type.String({ maxLength: 200 })),
        batch_id: Type.Optional(Type.String({ maxLength: 200 })),
        parent_id: Type.Optional(Type.String({ maxLength: 200 })),
        text: Type.Optional(Line(200)),
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        cursor: Type.Optional(Type.String({ maxLength: 100 }))
      }, { additionalProperties: false }),
      response: { 200: TaskList }
    }
  }, async ({ query }) => await app.taskStore.list(query))

  app.get('/v1/tasks/:id', { config: { access: 'viewer' }, schema: { summary: 'One task', tags: ['tasks'], params: Id, response: { 200: Task } } }, async ({ params: { id } }) => {
    const [task] = await app.taskStore.get([id])
    if (!task) throw new TaskNotFound(id)
    return task
  })

  app.get('/v1/tasks/:id/log', {
    config: { access: 'viewer' },
    schema: {
      summary: 'A range of the log of one task',
      tags: ['tasks'],
      params: Id,
      querystring: Type.Object({
        from: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
        limit: Type.Integer({ minimum: 1, maximum: 2_000, default: 1_000 })
      }, { additionalProperties: false }),
      response: { 200: TaskLog }
    }
  }, async ({ params: { id }, query: { from, limit } }) => {
    if ((await app.taskStore.get([id])).length === 0) throw new TaskNotFound(id)
    return await app.taskStore.log(id, from, limit)
  })

  // The same code as the tools of that name: what a person presses and what a model calls cannot differ.
  app.post('/v1/tasks/:id/cancel', {
    config: { access: 'operator' },
    schema: {
      summary: 'Stop one task',
      tags: ['tasks'],
      params: Id,
      body: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 2_000 })) }, { additionalProperties: false }),
      response: { 200: CancelledTask }
    }
  }, async (request, reply) => await app.tools.execute('cortex_cancel_task', { task_id: request.params.id, ...request.body }, readCaller(request, reply)) as CancelledTask)

  app.post('/v1/tasks/:id/retry', {
    config: { access: 'operator' },
    schema: { summary: 'Start a new attempt', tags: ['tasks'], params: Id, body: Type.Object({}, { additionalProperties: false }), response: { 200: RetriedTask } }
  }, async (request, reply) => await app.tools.execute('cortex_retry_task', { task_id: request.params.id }, readCaller(request, reply)) as RetriedTask)
}
