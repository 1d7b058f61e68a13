import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { version } from '@cortex/service/version'
import { fail, ok, warn, type Finding } from './check.ts'

const run = promisify(execFile)
/** The first that can be told to read no settings of the machine. */
const oldestGit = [2, 32] as const
/** The first whose types can be stripped and whose SQLite can be copied while it is written to. */
const oldestNode = [24, 0] as const

/** Whether the programs Cortex runs by are there, whatever its settings. */
export async function checkVersions (): Promise<Finding> {
  const git = await run('git', ['--version']).then(({ stdout }) => stdout.trim().split(' ')[2] ?? '', () => null)
  const said = `Cortex ${version}, Node ${process.versions.node}, SQLite ${process.versions['sqlite'] ?? 'unknown'}, git ${git ?? 'not found'}`
  if (git === null) return fail(`${said}; install git: workers commit by it`)
  if (isOlder(process.versions.node, oldestNode)) return fail(`${said}; start Cortex with npm start, which brings a Node of its own`)
  return isOlder(git, oldestGit) ? warn(`${said}; install git ${oldestGit.join('.')} or later`) : ok(said)
}

function isOlder (given: string, [major, minor]: readonly [number, number]): boolean {
  const [ours = 0, next = 0] = given.split('.').map(Number)
  return ours < major || (ours === major && next < minor)
}
