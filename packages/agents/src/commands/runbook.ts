import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { categories, type Category } from '@cortex/contracts'
import { DefinitionFault } from '../errors.ts'
import { knownClusterToolkits, knownToolkits } from '../known-toolkits.ts'
import { readMasters, type Master } from '../master.ts'
import { matchRunbooks, misfitOf } from '../runbook/match.ts'
import { foldersIn, readRunbook, readRunbooks, type Runbook } from '../runbook/runbook.ts'
import { describeFault, oneOf, pathOf, refuseOptions, UsageFault, type Command } from './command.ts'

const usage = `Usage: npm run runbook -- check FILE|DIR [--match "TITLE"] [--category C]
       npm run runbook -- list

check reads one runbook (its runbook.yaml, or its folder) or a folder of runbooks, and tells every fault by field. Nothing is run.
With CORTEX_MASTERS set, the masters of that folder are read too.
list tells the runbooks there are: the built-in ones, and those of the folder CORTEX_RUNBOOKS names.

  --match "TITLE"  tell which runbook a task of this title would get, of those checked and the built-in ones together
  --category C     for a task of this category only: ${categories.join(', ')}

Exit code: 0 when all can be used; 1 when one cannot; 2 for wrong usage.
`

const options = { match: { type: 'string' }, category: { type: 'string' } } as const

const toolkits = [...knownToolkits(), ...await knownClusterToolkits()]
const tools = toolkits.flatMap((toolkit) => toolkit.tools)

/** `npm run runbook`: what runbooks there are, and what is wrong with one before it is used. */
export const runbook: Command = {
  usage,
  async run (args, env) {
    const { values, positionals: [verb, ...rest] } = parseArgs({ args, options, allowPositionals: true })
    if (verb === 'list') {
      refuseOptions('list', values)
      if (rest.length > 0) throw new UsageFault(`list takes no more, as ${rest.join(' ')}`)
      return { code: 0, out: await list(env.CORTEX_RUNBOOKS) }
    }
    const [path] = rest
    if (verb !== 'check' || path === undefined || rest.length > 1) throw new UsageFault(verb === 'check' ? 'Name one file or folder to check; a title with spaces stands in quotes' : 'Say check or list')
    if (values.category !== undefined && values.match === undefined) throw new UsageFault('--category narrows --match, so give --match "TITLE" as well')
    return await check(pathOf(path, env), { title: values.match, category: oneOf('--category', categories, values.category), mastersFolder: env.CORTEX_MASTERS && pathOf(env.CORTEX_MASTERS, env), runbooksFolder: env.CORTEX_RUNBOOKS && pathOf(env.CORTEX_RUNBOOKS, env) })
  }
}

interface Wanted { title: string | undefined, category: Category | undefined, mastersFolder: string | undefined, runbooksFolder: string | undefined }

async function check (path: string, { title, category, mastersFolder, runbooksFolder }: Wanted): ReturnType<Command['run']> {
  const builtIn = await readRunbooks(undefined, tools)
  const checked: Runbook[] = []
  const said: string[] = []
  let faulty = false
  for (const folder of await foldersAt(path)) {
    try {
      const read = await readRunbook(folder, tools)
      checked.push(read)
      said.push(`${join(folder, 'runbook.yaml')} can be used`, describe(read), ...mastersFolder ? [] : notesOn(read, await mastersIn(undefined, builtIn)))
    } catch (error) {
      said.push(faultOf(error))
      faulty = true
    }
  }
  if (mastersFolder) {
    try {
      const masters = await mastersIn(mastersFolder, [...runbooksFolder ? await readRunbooks(runbooksFolder, tools) : builtIn, ...checked])
      said.push(`The masters of ${mastersFolder} can be used`, ...checked.flatMap((each) => notesOn(each, masters)))
    } catch (error) {
      said.push(faultOf(error))
      faulty = true
    }
  }
  if (title !== undefined) {
    const all = new Map([...builtIn, ...checked].map((each) => [each.id, each]))
    said.push('', `A task with the title ${JSON.stringify(title)}:`, ...(category === undefined ? categories : [category]).map((each) => matchLine([...all.values()], title, each)))
  }
  return { code: faulty ? 1 : 0, out: said.join('\n') }
}

async function list (operator: string | undefined): Promise<string> {
  const builtIn = new Set((await readRunbooks(undefined, tools)).map(({ id }) => id))
  const own = new Set(operator === undefined ? [] : await Promise.all((await foldersIn(operator)).map(async (folder) => (await readRunbook(folder, tools)).id)))
  const runbooks = await readRunbooks(operator, tools)
  return runbooks.map((each) => `${each.id}${own.has(each.id) ? builtIn.has(each.id) ? ' (yours, in place of the built-in one)' : ' (yours)' : ''}\n${describe(each)}`).join('\n\n')
}

/** The folders of the runbooks a path stands for. @throws UsageFault */
async function foldersAt (path: string): Promise<string[]> {
  const found = await stat(path).catch(() => { throw new UsageFault(`There is no ${path}`) })
  if (found.isFile()) {
    if (basename(path) !== 'runbook.yaml') throw new UsageFault(`${path} is not called runbook.yaml; a runbook is a folder with that file and its templates`)
    return [dirname(path)]
  }
  if (await stat(join(path, 'runbook.yaml')).catch(() => undefined)) return [path]
  const folders = await foldersIn(path)
  if (folders.length === 0) throw new UsageFault(`${path} holds neither a runbook.yaml nor folders of runbooks`)
  return folders
}

function describe ({ title, categories: own, changes, steps, inputs }: Runbook): string {
  return [
    `  ${title}`,
    `  for ${own.join(', ')}; ${changes ? 'plans changes' : 'only reads'}; ${steps.length} step${steps.length === 1 ? '' : 's'}: ${steps.map(({ tool }) => tool).join(', ')}`,
    ...Object.entries(inputs).map(([name, { description, default: fallback }]) => `  input ${name} = ${fallback}: ${description}`)
  ].join('\n')
}

/** What is no fault and keeps a runbook from being used as its author may think. */
function notesOn ({ id, categories: own }: Runbook, masters: readonly Master[]): string[] {
  const without = own.filter((category) => !masters.some((master) => master.categories.includes(category) && master.runbooks.includes(id)))
  return without.length > 0 ? [`  note: no master for ${without.join(', ')} lists ${id}; one of yours in CORTEX_MASTERS has to name it under runbooks`] : []
}

async function mastersIn (folder: string | undefined, runbooks: readonly Runbook[]): Promise<Master[]> {
  return await readMasters(folder, { toolkits: toolkits.map(({ id }) => id), runbooks: runbooks.map(({ id }) => id) })
}

function faultOf (error: unknown): string {
  if (error instanceof DefinitionFault) return describeFault(error)
  throw error
}

function matchLine (runbooks: readonly Runbook[], title: string, category: Category): string {
  const [best] = matchRunbooks(runbooks, { title, query: title, category })
  if (!best) return `  ${category}: no runbook's words`
  return best.fits ? `  ${category}: ${[best.runbook.id, ...best.remarks].join('. ')}` : `  ${category}: none; ${misfitOf(best)}`
}
