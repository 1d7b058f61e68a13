import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { categories } from '@cortex/contracts'
import { Type, type Static } from '@sinclair/typebox'
import { DefinitionFault } from '../errors.ts'
import { choice, readDefinition } from '../schema.ts'
import type { Tool } from '../toolkit.ts'
import { checkTemplate } from './template.ts'

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
export const Runbook = Type.Object({
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
export type Runbook = Static<typeof Runbook> & {
  templates: ReadonlyMap<string, string>
  /** Whether a step plans a change; a runbook without one only reads. */
  changes: boolean
}

type KnownTool = Pick<Tool, 'name' | 'kind'>

const builtIn = fileURLToPath(new URL('../runbooks', import.meta.url))

/**
 * One folder a runbook: `runbook.yaml` and the templates it names. The operator's takes the place of a built-in one with the same id.
 * @throws DefinitionFault naming the file and field
 */
export async function readRunbooks (operatorFolder: string | undefined, tools: readonly KnownTool[]): Promise<Runbook[]> {
  const runbooks = new Map<string, Runbook>()
  for (const parent of operatorFolder === undefined ? [builtIn] : [builtIn, operatorFolder]) {
    const folders = (await readdir(parent, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort()
    for (const folder of folders) {
      const runbook = await readRunbook(join(parent, folder), tools)
      runbooks.set(runbook.id, runbook)
    }
  }
  return [...runbooks.values()]
}

async function readRunbook (folder: string, tools: readonly KnownTool[]): Promise<Runbook> {
  const file = join(folder, 'runbook.yaml')
  const definition = await readDefinition(Runbook, file)
  const templates = new Map<string, string>()
  for (const name of (await readdir(folder)).filter((entry) => entry !== 'runbook.yaml')) templates.set(name, await readFile(join(folder, name), 'utf8'))

  const faults = definition.steps.flatMap((step, index) => [
    ...(tools.some(({ name }) => name === step.tool) ? [] : [`steps.${index}.tool: there is no tool ${step.tool}`]),
    ...templatesIn(step.with).filter((name) => !templates.has(name)).map((name) => `steps.${index}.with: there is no file ${name} beside it`)
  ])
  for (const [name, input] of Object.entries(definition.inputs)) {
    if (!matchesWhole(input.pattern, input.default)) faults.push(`inputs.${name}.default: does not fit the pattern`)
  }
  for (const [name, text] of [...templates, ['result.summary', definition.result.summary], ['result.report', definition.result.report ?? '']] as const) {
    const fault = checkTemplate(text)
    if (fault !== undefined) faults.push(`${name}: ${fault}`)
  }
  if (faults.length > 0) throw new DefinitionFault(file, faults)
  return { ...definition, templates, changes: definition.steps.some((step) => tools.some(({ name, kind }) => name === step.tool && kind === 'change')) }
}

/** `{template: file}` is the only mapping with that one key; anything else is passed on as it stands. */
export function templateNamed (value: unknown): string | undefined {
  if (value === null || typeof value !== 'object' || Object.keys(value).length !== 1) return undefined
  return 'template' in value && typeof value.template === 'string' ? value.template : undefined
}

export function matchesWhole (pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`, 'u').test(value)
}

function templatesIn (value: unknown): string[] {
  const name = templateNamed(value)
  if (name !== undefined) return [name]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(templatesIn) : []
}
