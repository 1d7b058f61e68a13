import { isTerminal, StartedBatchRollback, StartedRollback, type Task } from '@cortex/contracts'
import { toProblem, traceparent, type Service } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import type { FastifyError } from 'fastify'
import { readCaller } from '../caller.ts'
import { createTaskId } from '../domain/new-task.ts'
import { rollbackDraft } from '../domain/rollback.ts'
import { BatchNotFound, RollbackEmpty, RollbackTooEarly, TaskArchived, TaskNotFound } from '../errors.ts'
import { appliedByFamily, listAll } from '../store/applied-by-family.ts'
import type { TaskStore } from '../store/task-store.ts'

const schema = { tags: ['tasks'], params: Type.Object({ id: Type.String({ maxLength: 200 }) }), body: Type.Object({}, { additionalProperties: false }) }

interface By { user: string, source: string }

/** For people alone, as approving is: no tool rolls back. */
export default async function rollbacks (app: Service) {
  app.post('/v1/tasks/:id/rollback', {
    config: { access: 'operator' },
    schema: { ...schema, summary: 'Take back what one ended task changed, all its attempts, by a task that has it approved', response: { 200: StartedRollback } }
  }, async (request, reply) => {
    const { id } = request.params
    const [task] = await app.taskStore.get([id])
    if (!task) throw new TaskNotFound(id)
    return await rollBack(app.taskStore, task, readCaller(request, reply), null)
  })

  app.post('/v1/batches/:id/rollback', {
    config: { access: 'operator' },
    schema: { ...schema, summary: 'Take back what the ended tasks of a batch changed, the last first', response: { 200: StartedBatchRollback } }
  }, async (request, reply) => {
    const { id } = request.params
    const tasks = await listAll(app.taskStore, { batch_id: id })
    if (tasks.length === 0) throw new BatchNotFound(id)
    const started: StartedBatchRollback = { batch_id: id, rollbacks: [], left: [] }
    for (const task of tasks.sort(lastFirst)) {
      try {
        started.rollbacks.push(await rollBack(app.taskStore, task, readCaller(request, reply), started.rollbacks.at(-1)?.task_id ?? null))
      } catch (error) {
        const { code, detail, status } = toProblem(error as FastifyError, request.id)
        if (status >= 500) throw error
        started.left.push({ task_id: task.id, code, message: detail })
      }
    }
    return started
  })
}

/** @throws CTX_TASK_ARCHIVED, CTX_ROLLBACK_TOO_EARLY, CTX_ROLLBACK_EMPTY, CTX_ROLLBACK_EXISTS */
async function rollBack (store: TaskStore, task: Task, { user, source }: By, after: string | null): Promise<StartedRollback> {
  const { id, status, payload: { title } } = task
  if ((await store.locate([id])).get(id) === 'archived') throw new TaskArchived(id)
  if (!isTerminal(status)) throw new RollbackTooEarly(title, status)
  if ((await appliedByFamily(store, id, Infinity)).length === 0) throw new RollbackEmpty(title)
  const { task: created } = await store.create(rollbackDraft(task, { id: createTaskId(new Date()), user, source, after, trace: traceparent() }), null)
  return { task_id: created.id, rollback_of: id, status: created.status, message: `“${created.payload.title}” is with ${created.assigned_to}; what it plans is shown for approval` }
}

function lastFirst (a: Task, b: Task): number {
  return (b.metadata.completed_at ?? '').localeCompare(a.metadata.completed_at ?? '')
}
