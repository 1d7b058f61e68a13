import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { categories } from '@cortex/contracts'
import { Type, type Static } from '@sinclair/typebox'
import { DefinitionFault } from '../errors.ts'
import { choice, readDefinition } from '../schema.ts'
import { runbookFaults, templatesIn, type KnownTool } from './faults.ts'

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
  as: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]{0,30}$', description: 'The name by which later templates see what this step found' }))
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
    pattern: Type.String({ maxLength: 200, description: 'What a value must look like, as a whole' }),
    find: Type.Optional(Type.String({ maxLength: 200, description: 'Where in the words of the task the value stands; the first group is it' }))
  }, strict), { default: {} }),
  steps: Type.Array(Step, { minItems: 1, maxItems: 40 }),
  result: Type.Object({
    summary: Type.String({ minLength: 1, maxLength: 2_000 }),
    report: Type.Optional(Type.String({ maxLength: 20_000 }))
  }, strict)
}, strict)
export type RunbookDefinition = Static<typeof RunbookDefinition>
export type Runbook = RunbookDefinition & {
  templates: ReadonlyMap<string, string>
  /** Whether a step plans a change; a runbook without one only reads. */
  changes: boolean
}

const builtIn = fileURLToPath(new URL('../runbooks', import.meta.url))

/**
 * One folder a runbook: `runbook.yaml` and the templates it names. The operator's takes the place of a built-in one with the same id.
 * @throws DefinitionFault naming the file and field
 */
export async function readRunbooks (operatorFolder: string | undefined, tools: readonly KnownTool[]): Promise<Runbook[]> {
  const runbooks = new Map<string, Runbook>()
  for (const parent of operatorFolder === undefined ? [builtIn] : [builtIn, operatorFolder]) {
    const ids = new Set<string>()
    for (const folder of await foldersIn(parent)) {
      const runbook = await readRunbook(folder, tools)
      if (ids.has(runbook.id)) throw new DefinitionFault(join(folder, 'runbook.yaml'), [`id: another folder beside it has the id ${runbook.id} already`])
      ids.add(runbook.id)
      runbooks.set(runbook.id, runbook)
    }
  }
  return [...runbooks.values()]
}

/** The folders a folder of runbooks holds, by name. */
export async function foldersIn (parent: string): Promise<string[]> {
  return (await readdir(parent, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name)).sort()
}

/** @throws DefinitionFault naming the file and field */
export async function readRunbook (folder: string, tools: readonly KnownTool[]): Promise<Runbook> {
  const file = join(folder, 'runbook.yaml')
  const definition = await readDefinition(RunbookDefinition, file)
  const beside = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name)
  const templates = new Map<string, string>()
  for (const name of definition.steps.flatMap((step) => templatesIn(step.with))) {
    if (beside.includes(name)) templates.set(name, await readFile(join(folder, name), 'utf8'))
  }
  const faults = runbookFaults(definition, templates, tools)
  if (faults.length > 0) throw new DefinitionFault(file, faults)
  return { ...definition, templates, changes: definition.steps.some((step) => tools.some(({ name, kind }) => name === step.tool && kind === 'change')) }
}
