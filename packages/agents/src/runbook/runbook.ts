import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DefinitionFault } from '../errors.ts'
import { readable, readDefinition } from '../schema.ts'
import { RunbookDefinition } from './definition.ts'
import { inputsFaults, runbookFaults, templatesIn, type KnownTool } from './faults.ts'

/** A recipe that can be used: its definition, and the files it renders. */
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
      const runbook = await readRunbook(folder, tools, parent === builtIn)
      if (ids.has(runbook.id)) throw new DefinitionFault(join(folder, 'runbook.yaml'), [`id: another folder beside it has the id ${runbook.id} already`])
      ids.add(runbook.id)
      runbooks.set(runbook.id, runbook)
    }
  }
  return [...runbooks.values()]
}

/** The folders a folder of runbooks holds, by name. */
export async function foldersIn (parent: string): Promise<string[]> {
  return (await readable('CORTEX_RUNBOOKS', parent, 'a folder', () => readdir(parent, { withFileTypes: true }))).filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name)).sort()
}

/**
 * @param ours a built-in one, whose patterns a test has compiled: no start waits for the engine that does
 * @throws DefinitionFault naming the file and field
 */
export async function readRunbook (folder: string, tools: readonly KnownTool[], ours = false): Promise<Runbook> {
  const file = join(folder, 'runbook.yaml')
  const definition = await readDefinition(RunbookDefinition, file, 'CORTEX_RUNBOOKS')
  const beside = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name)
  const templates = new Map<string, string>()
  for (const name of definition.steps.flatMap((step) => templatesIn(step.with))) {
    if (beside.includes(name)) templates.set(name, await readFile(join(folder, name), 'utf8'))
  }
  const faults = [...ours ? [] : inputsFaults(definition), ...runbookFaults(definition, templates, tools)]
  if (faults.length > 0) throw new DefinitionFault(file, faults)
  return { ...definition, templates, changes: definition.steps.some((step) => tools.some(({ name, kind }) => name === step.tool && kind === 'change')) }
}
