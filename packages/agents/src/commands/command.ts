import { resolve } from 'node:path'
import { DefinitionFault } from '../errors.ts'

/** 0: as asked. 1: a file cannot be used. 2: wrong usage. 3: the answer depends on what was not given. */
export type ExitCode = 0 | 1 | 2 | 3

/** How the person called the command cannot be done; the message says what to change. */
export class UsageFault extends Error {}

/** Runs one command: what it throws for its usage is told with the usage text, exit code 2; any other fault by its message, exit code 1. */
export async function runCommand (usage: string, command: (args: string[]) => Promise<ExitCode>): Promise<void> {
  // A reader that has enough, as head, is no failure.
  process.stdout.on('error', () => {})
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) return print(usage)
  try {
    process.exitCode = await command(args)
  } catch (error) {
    const message = describeFault(error)
    // parseArgs names its own faults by code.
    const misused = error instanceof UsageFault || (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    process.stderr.write(misused ? `${message}\n\n${usage}` : `${message}\n`)
    process.exitCode = misused ? 2 : 1
  }
}

/** A definition's faults stand one a line. */
export function describeFault (error: unknown): string {
  if (error instanceof DefinitionFault) return [`${error.file} cannot be used:`, ...error.faults.map((fault) => `  ${fault}`)].join('\n')
  return error instanceof Error ? error.message : String(error)
}

export function print (text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** npm runs scripts in the folder of package.json; a person means the one they are in. */
export function pathOf (name: string): string {
  return resolve(process.env.INIT_CWD ?? '.', name)
}

/** @throws UsageFault naming the option and what it may be */
export function oneOf<const T extends readonly string[]> (option: string, values: T, given: string | undefined): T[number] | undefined {
  if (given === undefined) return undefined
  const found = values.find((value) => value === given)
  if (found === undefined) throw new UsageFault(`${option} is ${JSON.stringify(given)}, and may be ${values.join(', ')}`)
  return found
}
