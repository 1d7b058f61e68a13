import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { categories, type Category, type MasterLimits } from '@cortex/contracts'
import { Type, type Static } from '@sinclair/typebox'
import { DefinitionFault, masterMissing } from './errors.ts'
import { choice, readable, readDefinition } from './schema.ts'

/** A specialist for a category: what it is told, what it may use, how much it does at once. */
export const Master = Type.Object({
  id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' }),
  title: Type.String({ minLength: 1, maxLength: 64 }),
  categories: Type.Array(choice(categories), { minItems: 1, maxItems: 6 }),
  instructions: Type.String({ minLength: 1, maxLength: 20_000 }),
  toolkits: Type.Array(Type.String(), { minItems: 1, maxItems: 32 }),
  model: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Takes the place of the configured model' })),
  effort: choice(['low', 'medium', 'high', 'xhigh', 'max']),
  concurrency: Type.Integer({ minimum: 1, maximum: 1_000, default: 4 }),
  hands_to: Type.Array(choice(categories), { maxItems: 6, default: [], description: 'Categories beside its own that sub-tasks may go to, where their master may use no more than this one' }),
  runbooks: Type.Array(Type.String(), { maxItems: 200, default: [] })
}, { additionalProperties: false })
export type Master = Static<typeof Master>

const builtIn = fileURLToPath(new URL('./masters', import.meta.url))

/**
 * The built-in masters, and those of the operator's folder; the operator's takes the place of one with the same id.
 * @throws DefinitionFault naming the file and field
 */
export async function readMasters (operatorFolder: string | undefined, known: { toolkits: readonly string[], runbooks: readonly string[] }): Promise<Master[]> {
  const masters = new Map<string, Master>()
  for (const folder of operatorFolder === undefined ? [builtIn] : [builtIn, operatorFolder]) {
    for (const name of (await readable('CORTEX_MASTERS', folder, 'a folder', () => readdir(folder))).filter((file) => file.endsWith('.yaml')).sort()) {
      const file = join(folder, name)
      const master = await readDefinition(Master, file, 'CORTEX_MASTERS')
      const faults = [
        ...master.toolkits.filter((id) => !known.toolkits.includes(id)).map((id) => `toolkits: there is no toolkit ${id}, only ${known.toolkits.join(', ')}`),
        ...master.runbooks.filter((id) => !known.runbooks.includes(id)).map((id) => `runbooks: there is no runbook ${id}, only ${known.runbooks.join(', ')}`)
      ]
      if (faults.length > 0) throw new DefinitionFault(file, faults)
      masters.set(master.id, master)
    }
  }
  return [...masters.values()]
}

/**
 * Where a worker of this master may hand parts of its task. What it read may have talked it into them, so they reach no toolkit it could not use itself.
 */
export function partCategories ({ categories: own, hands_to: others, toolkits }: Master, masters: readonly Master[]): Category[] {
  const reachesNoMore = (category: Category) => masters.filter((master) => master.categories.includes(category)).every((master) => master.toolkits.every((id) => toolkits.includes(id)))
  return categories.filter((category) => own.includes(category) || (others.includes(category) && reachesNoMore(category)))
}

/** @throws CTX_MASTER_MISSING */
export function onlyMasters (masters: readonly Master[], only: readonly string[] | undefined): Master[] {
  const known = masters.map(({ id }) => id)
  for (const id of only ?? []) if (!known.includes(id)) throw masterMissing(id, known)
  return masters.filter(({ id }) => only?.includes(id) ?? true)
}

export function limitsOf ({ id, title, categories, concurrency }: Master): MasterLimits {
  return { id, title, categories, concurrency }
}
