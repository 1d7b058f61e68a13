import type Anthropic from '@anthropic-ai/sdk'
import { Type, type Static } from '@sinclair/typebox'
import { toolInputInvalid } from '../errors.ts'
import { faultsOf } from '../schema.ts'
import type { Toolkit } from '../toolkit.ts'

const strict = { additionalProperties: false }

export const ApplyChanges = Type.Object({
  summary: Type.String({ minLength: 1, maxLength: 500, description: 'What the change set does, for the person who approves it' })
}, strict)

export const Finish = Type.Object({
  summary: Type.String({ minLength: 1, maxLength: 2_000, description: 'What was done and what the person has to do next' }),
  report: Type.Optional(Type.String({ maxLength: 50_000, description: 'Markdown, when the task asked for findings' })),
  evidence: Type.Array(Type.Object({
    claim: Type.String({ minLength: 1, maxLength: 500 }),
    quote: Type.String({ minLength: 3, maxLength: 2_000, description: 'Word for word from something a tool answered' })
  }, strict), { minItems: 1, maxItems: 30 })
}, strict)

export const GiveUp = Type.Object({
  reason: Type.String({ minLength: 1, maxLength: 2_000, description: 'What stands in the way and what would remove it' })
}, strict)

const control = [
  { name: 'apply_changes', description: 'Offer everything you have planned as one change set. Answers what was applied and read back, or why it was denied.', input: ApplyChanges },
  { name: 'finish', description: 'End the task as done. Refused while planned changes are not applied.', input: Finish },
  { name: 'give_up', description: 'End the task as not possible. Planned changes are dropped.', input: GiveUp }
]

export function toolDefinitions (toolkits: readonly Toolkit[]): Anthropic.Tool[] {
  return [...toolkits.flatMap(({ tools }) => tools), ...control].map(({ name, description, input }) => ({ name, description, input_schema: input as unknown as Anthropic.Tool.InputSchema }))
}

/** @throws CTX_TOOL_INPUT_INVALID */
export function checkedInput<T extends typeof ApplyChanges | typeof Finish | typeof GiveUp> (tool: string, schema: T, input: unknown): Static<T> {
  const faults = faultsOf(schema, input)
  if (faults.length > 0) throw toolInputInvalid(tool, faults)
  return input as Static<T>
}
