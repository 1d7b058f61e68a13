import type Anthropic from '@anthropic-ai/sdk'
import { faultsOfSubTasks, SubTask, SubTasks, type Category } from '@cortex/contracts'
import { Type, type Static } from '@sinclair/typebox'
import { toolInputInvalid } from '../errors.ts'
import { choice, faultsOf } from '../schema.ts'
import type { Toolkit } from '../toolkit.ts'

const strict = { additionalProperties: false }

export const ApplyChanges = Type.Object({
  summary: Type.String({ minLength: 1, maxLength: 500, description: 'What the change set does, for the person who approves it' })
}, strict)

/** @param categories where parts may go */
const SplitTask = (categories: readonly Category[]) => Type.Object({
  sub_tasks: Type.Array(Type.Object({
    ...SubTask.properties, category: Type.Optional({ ...choice(categories), description: 'Which specialist does it; that of this task unless given' })
  }, strict), { minItems: SubTasks.minItems!, maxItems: SubTasks.maxItems!, description: 'In an order in which each comes behind what it needs; those that need nothing run at once' })
}, strict)

export const Finish = Type.Object({
  summary: Type.String({ minLength: 1, maxLength: 2_000, description: 'What was done and what the person has to do next' }),
  report: Type.Optional(Type.String({ maxLength: 50_000, description: 'Markdown, when the task asked for findings' })),
  evidence: Type.Array(Type.Object({
    claim: Type.String({ minLength: 1, maxLength: 500 }),
    quote: Type.String({ minLength: 3, maxLength: 2_000, description: 'Word for word from what a tool read, applied or read back; not from a plan' })
  }, strict), { minItems: 1, maxItems: 30 })
}, strict)

export const GiveUp = Type.Object({
  reason: Type.String({ minLength: 1, maxLength: 2_000, description: 'What stands in the way and what would remove it' })
}, strict)

const control = (categories: readonly Category[]) => [
  { name: 'apply_changes', description: 'Offer everything you have planned as one change set. Answers what was applied and read back, or why it was denied.', input: ApplyChanges },
  { name: 'split_task', description: 'Hand parts of this task to workers of their own, once. You go on when all have ended, and are told what each came to. Not while changes are planned and not applied.', input: SplitTask(categories) },
  { name: 'finish', description: 'End the task as done. Refused while planned changes are not applied; not done where the last change set was denied or not applied.', input: Finish },
  { name: 'give_up', description: 'End the task as not possible. Planned changes are dropped.', input: GiveUp }
]

/** In the order in which calls of one reply are run, whatever the model's. */
export const controlNames = control([]).map(({ name }) => name)

/** @param categories where parts of the task may go; where nowhere, it is not offered to be split */
export function toolDefinitions (toolkits: readonly Toolkit[], categories: readonly Category[]): Anthropic.Tool[] {
  return [...toolkits.flatMap(({ tools }) => tools), ...control(categories).filter(({ name }) => categories.length > 0 || name !== 'split_task')].map(({ name, description, input }) => ({ name, description, input_schema: input as unknown as Anthropic.Tool.InputSchema }))
}

/** @throws CTX_TOOL_INPUT_INVALID */
export function checkedSplit (tool: string, categories: readonly Category[], given: unknown): SubTask[] {
  const { sub_tasks: subTasks } = checkedInput(tool, SplitTask(categories), given)
  const faults = faultsOfSubTasks(subTasks)
  if (faults.length > 0) throw toolInputInvalid(tool, faults.map(({ field, message }) => `${field}: ${message}`))
  return subTasks
}

/** @throws CTX_TOOL_INPUT_INVALID */
export function checkedInput<T extends typeof ApplyChanges | ReturnType<typeof SplitTask> | typeof Finish | typeof GiveUp> (tool: string, schema: T, input: unknown): Static<T> {
  const faults = faultsOf(schema, input)
  if (faults.length > 0) throw toolInputInvalid(tool, faults)
  return input as Static<T>
}
