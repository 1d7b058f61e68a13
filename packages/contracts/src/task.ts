import { Type, type Static } from '@sinclair/typebox'
import { Line, OneOf, Timestamp } from './text.ts'

export const categories = ['development', 'security', 'infrastructure', 'inventory', 'cicd', 'general'] as const
export const Category = OneOf(categories, { description: 'What kind of specialist the work needs' })
export type Category = Static<typeof Category>

export const priorities = ['critical', 'high', 'medium', 'low'] as const
export const Priority = OneOf(priorities, { description: 'How urgent the work is' })
export type Priority = Static<typeof Priority>

/** What a priority is on the wire and in files: always the number, smaller is sooner. */
export const priorityNumbers: Readonly<Record<Priority, number>> = { critical: 1, high: 3, medium: 5, low: 7 }

export const taskStatuses = ['queued', 'waiting', 'in_progress', 'awaiting_approval', 'completed', 'failed', 'cancelled'] as const
export const TaskStatus = OneOf(taskStatuses)
export type TaskStatus = Static<typeof TaskStatus>

export const terminalStatuses = ['completed', 'failed', 'cancelled'] as const satisfies readonly TaskStatus[]

export function isTerminal (status: TaskStatus): boolean {
  return (terminalStatuses as readonly TaskStatus[]).includes(status)
}

/** `task-chat-<unix ms>-<9 of 0-9a-z>`; nothing else is looked up, so an id is never a path. */
export const taskIdPattern = '^task-chat-[0-9]{13}-[0-9a-z]{9}$'
export const TaskId = Type.String({ pattern: taskIdPattern })

export const StepStatus = OneOf(['pending', 'running', 'done', 'failed', 'skipped'])

export const Progress = Type.Object({
  percent: Type.Integer({ minimum: 0, maximum: 100 }),
  step: Type.String({ maxLength: 200, description: 'What is being done now, in words' }),
  steps: Type.Optional(Type.Array(Type.Object({
    name: Type.String({ maxLength: 200 }),
    status: StepStatus
  }, { additionalProperties: false }), { maxItems: 64, description: 'All the steps of this run, in order' }))
}, { additionalProperties: false })
export type Progress = Static<typeof Progress>

export const Usage = Type.Object({
  // Bounded so that the sums over all tasks stay numbers that are exact.
  input_tokens: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
  output_tokens: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
  cost_usd: Type.Number({ minimum: 0, maximum: 1_000_000 }),
  priced: Type.Optional(Type.Literal(false, { description: 'Where tokens of a model without a price are among these: what they cost is not known, and not in cost_usd' }))
}, { additionalProperties: false })
export type Usage = Static<typeof Usage>

export const Evidence = Type.Object({
  claim: Type.String({ maxLength: 500, description: 'What was checked, in words' }),
  detail: Type.String({ maxLength: 20_000, description: 'What was read back' })
}, { additionalProperties: false })
export type Evidence = Static<typeof Evidence>

/** What a finished task leaves behind. Without evidence there is no completion, so at least one piece is required. */
export const TaskResult = Type.Object({
  summary: Line(2_000),
  evidence: Type.Array(Evidence, { minItems: 1, maxItems: 64 }),
  report: Type.Optional(Type.String({ maxLength: 100_000, description: 'Markdown for a person' })),
  commit: Type.Optional(Type.String({ maxLength: 64, description: 'The commit that holds the approved diff' })),
  files: Type.Optional(Type.Array(Type.String({ maxLength: 500 }), { maxItems: 500 }))
}, { additionalProperties: false })
export type TaskResult = Static<typeof TaskResult>

export const TaskError = Type.Object({ code: Type.String({ maxLength: 64 }), message: Type.String({ maxLength: 4_000 }) }, { additionalProperties: false })
export type TaskError = Static<typeof TaskError>

/** One lease of the task by one worker: what the timeline draws as one bar. */
export const Attempt = Type.Object({
  attempt: Type.Integer({ minimum: 1 }),
  worker: Type.String(),
  started_at: Timestamp,
  ended_at: Type.Union([Timestamp, Type.Null()]),
  outcome: Type.Union([OneOf(['completed', 'failed', 'cancelled', 'awaiting_approval', 'split', 'lost', 'released']), Type.Null()])
}, { additionalProperties: false })
export type Attempt = Static<typeof Attempt>

export const TaskType = OneOf(['user_query', 'worker_task'])

export const Task = Type.Object({
  id: Type.String(),
  type: TaskType,
  priority: Type.Integer({ minimum: 1, maximum: 9 }),
  status: TaskStatus,
  payload: Type.Object({ query: Type.String(), title: Type.String(), category: Category }),
  metadata: Type.Object({
    created_at: Timestamp,
    updated_at: Timestamp,
    source: Type.String(),
    original_input: Type.Unknown({ description: 'What the caller sent, untouched' }),
    started_at: Type.Optional(Timestamp),
    completed_at: Type.Optional(Timestamp),
    cancel_reason: Type.Optional(Type.String())
  }),
  ref: Type.Union([Type.String(), Type.Null()]),
  depends_on: Type.Array(Type.String(), { description: 'Task ids this task waits for' }),
  waiting_for: Type.Union([Type.String(), Type.Null()], { description: 'Why it waits, by name, in words' }),
  target: Type.Union([Type.String(), Type.Null()]),
  parent_id: Type.Union([Type.String(), Type.Null()], { description: 'The task this one is a part of' }),
  sub_tasks: Type.Optional(Type.Array(Type.String(), { description: 'Ids of the tasks its worker split it into' })),
  rollback_of: Type.Optional(Type.String({ description: 'The task whose changes this one takes back' })),
  batch_id: Type.Union([Type.String(), Type.Null()]),
  conversation_id: Type.Union([Type.String(), Type.Null()]),
  idempotency_key: Type.Union([Type.String(), Type.Null()]),
  requested_by: Type.String(),
  assigned_to: Type.String({ description: 'The master the task is routed to' }),
  worker: Type.Union([Type.String(), Type.Null()]),
  attempt: Type.Integer({ minimum: 0 }),
  max_attempts: Type.Integer({ minimum: 1 }),
  attempts: Type.Array(Attempt),
  run_at: Type.Union([Timestamp, Type.Null()]),
  progress: Type.Union([Progress, Type.Null()]),
  usage: Type.Union([Usage, Type.Null()]),
  result: Type.Union([TaskResult, Type.Null()]),
  error: Type.Union([TaskError, Type.Null()]),
  rev: Type.Integer({ minimum: 1, description: 'Grows by one with each change of this task' })
})
export type Task = Static<typeof Task>

export const LogLine = Type.Object({
  at: Timestamp,
  level: OneOf(['info', 'warn', 'error', 'output'], { description: 'output: a line of the result as it comes into being; the others tell of the work' }),
  attempt: Type.Integer({ minimum: 0 }),
  message: Type.String({ maxLength: 4_000 })
}, { additionalProperties: false })
export type LogLine = Static<typeof LogLine>

/** A range of a task's log. `from` is the number of the first line, counted from 0 over the whole task. */
export const TaskLog = Type.Object({
  task_id: Type.String(),
  from: Type.Integer({ minimum: 0 }),
  lines: Type.Array(LogLine),
  total: Type.Integer({ minimum: 0 })
})
export type TaskLog = Static<typeof TaskLog>

export const TaskList = Type.Object({ tasks: Type.Array(Task), next_cursor: Type.Union([Type.String(), Type.Null()]) })
export type TaskList = Static<typeof TaskList>
