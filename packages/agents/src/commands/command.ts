import { resolve } from 'node:path'
import { DefinitionFault } from '../errors.ts'

/** 0: as asked. 1: a file cannot be used. 2: wrong usage. 3: the answer depends on what was not given. */
export type ExitCode = 0 | 1 | 2 | 3

export interface Command {
  usage: string
  /** @throws UsageFault, and any other error for exit code 1 */
  run: (args: string[], env: NodeJS.ProcessEnv) => Promise<{ code: ExitCode, out: string }>
}

/** How the person called the command cannot be done; the message says what to change. */
export class UsageFault extends Error {}

/** Runs one command. What it throws for its usage is told with the usage text, any other fault by its message alone. */
export async function runCommand ({ usage, run }: Command, args: string[], env: NodeJS.ProcessEnv): Promise<{ code: ExitCode, out: string, err: string }> {
  if (args.includes('--help') || args.includes('-h')) return { code: 0, out: usage, err: '' }
  try {
    const { code, out } = await run(args, env)
    return { code, out: `${out}\n`, err: '' }
  } catch (error) {
    // parseArgs names its own faults by code.
    const misused = error instanceof UsageFault || (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    return { code: misused ? 2 : 1, out: '', err: misused ? `${describeFault(error)}\n\n${usage}` : `${describeFault(error)}\n` }
  }
}

/** A definition's faults stand one a line. */
export function describeFault (error: unknown): string {
  if (error instanceof DefinitionFault) return [`${error.file} cannot be used:`, ...error.faults.map((fault) => `  ${fault}`)].join('\n')
  return error instanceof Error ? error.message : String(error)
}

/** npm runs scripts in the folder of package.json; a person means the one they are in. */
export function pathOf (name: string, { INIT_CWD: from = '.' }: NodeJS.ProcessEnv): string {
  return resolve(from, name)
}

/** For a verb without options. @throws UsageFault naming the first that was given */
export function refuseOptions (verb: string, values: Record<string, unknown>): void {
  const [option] = Object.entries(values).flatMap(([name, value]) => value === undefined || value === false ? [] : [name])
  if (option !== undefined) throw new UsageFault(`${verb} takes no --${option}`)
}

/** @throws UsageFault naming the option and what it may be */
export function oneOf<const T extends readonly string[]> (option: string, values: T, given: string | undefined): T[number] | undefined {
  if (given === undefined) return undefined
  const found = values.find((value) => value === given)
  if (found === undefined) throw new UsageFault(`${option} is ${JSON.stringify(given)}, and may be ${values.join(', ')}`)
  return found
}
