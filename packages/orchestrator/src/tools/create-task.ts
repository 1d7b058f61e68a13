import { Category, CreatedTask, Line, Priority, taskIdPattern, type Task } from '@cortex/contracts'
import { InputError, traceparent } from '@cortex/service'
import { Type } from '@sinclair/typebox'
import { createTaskId } from '../domain/new-task.ts'
import { normaliseTarget } from '../domain/target.ts'
import { idempotencyOf } from '../idempotency.ts'
import { defineTool } from '../tool.ts'

const Ref = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' })

/** Longest description; a request as a whole has at most 1 MB. Characters. */
const longestDescription = 262_144

export default defineTool({
  name: 'cortex_create_task',
  description: 'Start one piece of infrastructure work in the background. Call it once for each independent piece, all calls in one turn: they run in parallel. When one task needs another of the same turn, give the other a ref and name that ref in depends_on. A policy says which changes are made at once and which a person is asked to approve first.',
  readOnly: false,
  input: Type.Object({
    title: Line(200, { description: 'What is to be done, in a few words' }),
    description: Line(longestDescription, { description: 'Everything the specialist needs to know: the goal, names, environments, limits, what must not be touched' }),
    category: Type.Optional({ ...Category, default: 'general' }),
    priority: Type.Optional({ ...Priority, default: 'medium' }),
    metadata: Type.Optional(Type.Record(Type.String({ maxLength: 128 }), Type.Unknown(), { description: 'Anything the caller wants kept beside the task' })),
    ref: Type.Optional({ ...Ref, description: 'A name for this call, so that others of the same turn can depend on it' }),
    depends_on: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 50, description: 'Refs of this turn, or task ids, that must be completed first' })),
    target: Type.Optional(Line(500, { description: 'What it works on, as cluster/prod/namespace/payments; two tasks on the same target never run at once. Letter case, spaces and slashes around parts make no difference; a target and one below it are two' })),
    run_at: Type.Optional(Type.String({ maxLength: 40, description: 'Not before this time, ISO 8601 with its zone, as 2026-01-31T12:00:00Z' }))
  }, { additionalProperties: false }),
  output: CreatedTask,
  async run ({ taskStore, coordinator, taskTally }, input, context) {
    if (input.ref !== undefined && new RegExp(taskIdPattern).test(input.ref)) throw new InputError([{ field: 'tool_input.ref', message: 'must not look like the id of a task, or depends_on could mean either' }])
    const now = new Date()
    const { title, description, category = 'general', priority = 'medium', ref = null, depends_on: dependsOn = [] } = input
    const target = input.target === undefined ? null : normaliseTarget(input.target)
    if (target === '') throw new InputError([{ field: 'tool_input.target', message: 'must name something, as cluster/prod' }])
    const assignedTo = coordinator.route(category)
    const runAt = input.run_at === undefined ? null : readTime(input.run_at)
    const { task, repeated } = await taskStore.create({
      id: createTaskId(now),
      title,
      description,
      category,
      priority,
      ref,
      depends_on: dependsOn,
      target,
      run_at: runAt,
      batch_id: context.batchId,
      conversation_id: context.conversationId,
      idempotency_key: context.idempotencyKey,
      requested_by: context.user,
      source: context.source,
      assigned_to: assignedTo,
      traceparent: traceparent(),
      original_input: context.givenInput
    }, idempotencyOf(context, context.givenInput))
    const { created_at: createdAt } = task.metadata
    const start = taskTally.estimateStart(assignedTo, coordinator.masters, new Date(Math.max(Date.parse(createdAt), Date.parse(runAt ?? createdAt))))
    return {
      task_id: task.id,
      status: task.status,
      message: repeated ? `“${title}” had been created by this call before` : describe(task),
      created_at: createdAt,
      estimated_start: start.toISOString()
    }
  }
})

function describe ({ status, payload: { title }, assigned_to: master, waiting_for: waitingFor, metadata: { cancel_reason: reason } }: Task): string {
  // What it needs can have been lost before it came.
  if (status === 'cancelled') return `“${title}” was cancelled before it began: ${reason}`
  return `“${title}” is with ${master}${waitingFor === null ? '' : ` and waits for ${waitingFor}`}`
}

/** Years of more or less than four digits are written otherwise. */
const [firstYear, afterLastYear] = [Date.parse('0001-01-01T00:00:00Z'), Date.UTC(10_000, 0)]

/** A time a caller gave, as the one form we keep. */
function readTime (given: string): string {
  // Without a zone it would be a time of the machine that reads it.
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.exec(given)?.map(Number) ?? []
  const time = Date.parse(given)
  // The parser moves the thirtieth of February into March.
  const exists = year !== undefined && month !== undefined && new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
  if (!exists || Number.isNaN(time) || time < firstYear || time >= afterLastYear) throw new InputError([{ field: 'tool_input.run_at', message: 'must be a time in ISO 8601 with its zone, in the years 1 to 9999, as 2026-01-31T12:00:00Z or 2026-01-31T12:00:00+01:00' }])
  return new Date(time).toISOString()
}
