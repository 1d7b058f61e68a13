import { resolve } from 'node:path'
import { version } from '@cortex/service/version'
import { createClient } from './client.ts'
import { commands } from './commands/index.ts'
import { describeError, endingOf, UsageFault } from './errors.ts'
import { exitCodes, type Ending } from './exit-code.ts'
import { renderHelp, renderOverview, usageOf } from './help.ts'
import { findCommand, parseCall } from './parse.ts'
import { connectionOf } from './settings.ts'
import { Interrupted, Terminal, type Streams } from './terminal/terminal.ts'

export interface Surroundings extends Streams {
  /** Aborted with Interrupted by Ctrl+C, with anything else when nobody reads the output any more. */
  signal: AbortSignal
}

/** What `cortex` does. Answers the exit code; never throws. */
export async function runCli (words: readonly string[], surroundings: Surroundings): Promise<number> {
  const terminal = new Terminal(surroundings)
  try {
    return exitCodes[await dispatch(words, surroundings, terminal)].code
  } catch (error) {
    if (error instanceof Interrupted) return exitCodes.interrupted.code
    // A reader that has enough, as head, is no failure.
    if (surroundings.signal.aborted || (error as NodeJS.ErrnoException).code === 'EPIPE') return surroundings.signal.reason instanceof Interrupted ? exitCodes.interrupted.code : exitCodes.done.code
    terminal.note(describeError(error))
    if (error instanceof UsageFault) terminal.note(`\n${briefUsage(words)}`)
    return exitCodes[endingOf(error)].code
  }
}

async function dispatch (words: readonly string[], surroundings: Surroundings, terminal: Terminal): Promise<Ending> {
  const { env, signal } = surroundings
  const found = findCommand(commands, words)
  const wantsHelp = words.some((word) => word === '--help' || word === '-h') || words[0] === 'help'
  if (wantsHelp || words.length === 0) {
    terminal.out(usageFor(words[0] === 'help' ? words.slice(1) : words))
    return words.length === 0 ? 'usage' : 'done'
  }
  if (words[0] === '--version' && words.length === 1) {
    terminal.out(`${version}\n`)
    return 'done'
  }
  if (!found) throw new UsageFault(`There is no cortex ${words.filter((word) => !word.startsWith('-')).slice(0, 2).join(' ')}`)
  const { args, options } = parseCall(found.command, found.rest, env)
  return await found.command.run({
    args,
    options,
    terminal,
    stdout: surroundings.stdout,
    env,
    signal,
    commands,
    client: () => createClient({ ...connectionOf(env), signal }),
    // npm runs scripts in the folder of package.json; a person means the one they are in.
    path: (name) => resolve(env['INIT_CWD'] ?? '.', name)
  }) ?? 'done'
}

/** Where to read on, for whoever got it wrong. */
function briefUsage (words: readonly string[]): string {
  const found = findCommand(commands, words)
  return found ? `Usage: ${usageOf(found.command)}\ncortex ${found.command.words} --help tells more` : renderOverview(commands, false)
}

/** The help of the command that is named, else of all that begin so, else of all. */
function usageFor (words: readonly string[]): string {
  const found = findCommand(commands, words)
  if (found) return renderHelp(found.command)
  const group = commands.filter((command) => command.words.startsWith(`${words[0]} `))
  return group.length > 0 ? renderOverview(group, false) : renderOverview(commands, true)
}

export { Interrupted }
