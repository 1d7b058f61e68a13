import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createLogger, readConfig } from '@cortex/service'
import { OrchestratorConfig } from '../config.ts'
import { openStore } from '../store/open-store.ts'
import type { TaskStore } from '../store/task-store.ts'
import { importFolder } from './import-folder.ts'
import { renderReport, toJson } from './report.ts'

const usage = `Usage: npm run import -- DIR [--dry-run] [--run] [--json]

Takes the task files of the first version (one JSON file a task) from the folder DIR into the store of CORTEX_HOME, or of DATABASE_URL where it is set,
and tells by file what was taken, mapped and refused. Nothing in DIR is changed. With SQLite, Cortex must be stopped. A second run takes only what is new.

  --dry-run   tell, and store nothing
  --run       let unfinished tasks start with Cortex; without it they are stored as cancelled, and a retry starts them one by one
  --json      print the report as JSON
  --help

Exit code: 0 when the run is whole, also when files were refused; 1 when it could not run; 2 for wrong usage.
`

const options = { 'dry-run': { type: 'boolean', default: false }, run: { type: 'boolean', default: false }, json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } as const

/** Where a run gets its settings and what it says. */
export interface ImportSurroundings {
  env: NodeJS.ProcessEnv
  out (text: string): void
  err (text: string): void
}

interface Arguments {
  folder: string
  dryRun: boolean
  run: boolean
  json: boolean
  help: boolean
  usage?: undefined
}

/** What `npm run import` does. Answers the exit code; never throws. */
export async function runImport (args: string[], surroundings: ImportSurroundings): Promise<number> {
  const { out, err, env } = surroundings
  const read = readArguments(args, env)
  if (read.usage !== undefined) {
    err(`${read.usage}\n\n${usage}`)
    return 2
  }
  if (!read.help) return await importWith(read, surroundings)
  out(usage)
  return 0
}

function readArguments (args: string[], env: NodeJS.ProcessEnv): Arguments | { usage: string } {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const { 'dry-run': dryRun, run, json, help } = values
    // Without the -- npm keeps options to itself, and a dry run would be a real one.
    const swallowed = ['dry_run', 'run'].filter((name) => env[`npm_config_${name}`] === 'true')
    if (swallowed.length > 0) return { usage: `npm took --${swallowed.join(' and --').replaceAll('_', '-')} for itself; put -- before the folder` }
    if (!help && positionals.length !== 1) return { usage: positionals.length === 0 ? 'Name the folder to import' : `One folder at a time, not ${positionals.length}: ${positionals.join(', ')}` }
    // npm runs scripts in the folder of package.json; a person means the one they are in.
    return { folder: resolve(env['INIT_CWD'] ?? '.', positionals[0] ?? '.'), dryRun, run, json, help }
  } catch (error) {
    return { usage: error instanceof Error ? error.message : String(error) }
  }
}

async function importWith ({ folder, dryRun, run, json }: Arguments, { env, out, err }: ImportSurroundings): Promise<number> {
  try {
    const config = readConfig(OrchestratorConfig, env)
    const home = resolve(config.CORTEX_HOME)
    const report = await importFolder({
      folder,
      tasksDir: resolve(config.TASKS_DIR ?? join(home, 'tasks')),
      dryRun,
      run,
      now: new Date(),
      openStore: () => open(home, config.DATABASE_URL, dryRun)
    })
    out(json ? toJson(report) : renderReport(report))
    return 0
  } catch (error) {
    // Errors of ours say their code beside the message, those of the system begin with it.
    err(`${error instanceof Error && 'code' in error && !error.message.startsWith(String(error.code)) ? `${String(error.code)}: ${error.message}` : String(error)}\n`)
    if (error instanceof Error && 'code' in error && error.code === 'CTX_STORE_LOCKED') err('Stop Cortex, import, and start it again.\n')
    return 1
  }
}

/** Task files are written by the next start, as any that are missing; with PostgreSQL, by the process that keeps them. */
async function open (folder: string, database: string | undefined, dryRun: boolean): Promise<TaskStore | null> {
  if (dryRun && database === undefined && !existsSync(join(folder, 'tasks.db'))) return null
  const logger = createLogger({ level: 'warn', name: 'import' })
  const { store, dispatcher } = await openStore({ folder, database, leaseDuration: 10_000, logger, beforeCreate: async () => new Map(), uncreated: () => {} })
  await dispatcher.close()
  return store
}
