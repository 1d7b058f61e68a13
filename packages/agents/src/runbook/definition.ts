import { categories } from '@cortex/contracts'
import { Type, type Static } from '@sinclair/typebox'
import { choice } from '../schema.ts'

const strict = { additionalProperties: false }
const Words = Type.Array(Type.String({ minLength: 2, maxLength: 60, pattern: "^[a-z0-9][a-z0-9 /.'-]*$" }), { minItems: 1, maxItems: 60 })

const Step = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  tool: Type.String({ minLength: 1, maxLength: 64 }),
  require: Type.Optional(Type.Object({
    value: Type.String({ maxLength: 200, description: 'A template; empty, 0 or false means that the runbook has nothing to work on' }),
    message: Type.String({ minLength: 1, maxLength: 500 })
  }, strict)),
  with: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: 'The arguments; each text is a template, `{template: file}` is a file of the runbook rendered' }),
  as: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]{0,30}$', description: 'The name by which later templates see what this step found' })),
  optional: Type.Optional(Type.Boolean({ description: 'A reading that is left out where its toolkit is not there, where the policy denies it, or where it fails; `as` is null then' }))
}, strict)

/** A recipe for one kind of task that needs no language model. */
export const RunbookDefinition = Type.Object({
  id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' }),
  title: Type.String({ minLength: 1, maxLength: 120 }),
  categories: Type.Array(choice(categories), { minItems: 1, maxItems: 6 }),
  match: Type.Object({
    all: Type.Array(Words, { minItems: 1, maxItems: 6, description: 'Of each group, one word or phrase must be in title or description' }),
    does: Type.Optional(Type.Array(Words.items, { maxItems: 120, description: 'What else a title may ask for because this runbook does it; a word it does not know makes it no match' })),
    none: Type.Optional(Words)
  }, strict),
  inputs: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,30}$' }), Type.Object({
    description: Type.String({ maxLength: 500 }),
    default: Type.String({ maxLength: 500 }),
    pattern: Type.String({ maxLength: 200, description: 'What a value must look like, as a whole, in the language of RE2' }),
    find: Type.Optional(Type.String({ maxLength: 200, description: 'Where in the words of the task the value stands; the first group is it' }))
  }, strict), { default: {} }),
  steps: Type.Array(Step, { minItems: 1, maxItems: 40 }),
  result: Type.Object({
    summary: Type.String({ minLength: 1, maxLength: 2_000 }),
    report: Type.Optional(Type.String({ maxLength: 20_000 }))
  }, strict)
}, strict)
export type RunbookDefinition = Static<typeof RunbookDefinition>
