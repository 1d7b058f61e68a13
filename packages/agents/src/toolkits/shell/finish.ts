import { commandFailed } from '../../errors.ts'
import type { Command } from './definition.ts'
import { describeEnd } from './describe.ts'
import { runCommand, type CommandEnd } from './run-command.ts'

/**
 * Runs a program to its own end.
 * @throws CTX_COMMAND_FAILED when its time was over or its exit code is none that the entry takes for an answer
 */
export async function finish (argv: readonly string[], command: Command, own: NodeJS.ProcessEnv, signal: AbortSignal): Promise<CommandEnd> {
  const end = await runCommand(argv, command, own, signal)
  const { name, timeout_seconds: seconds, exit_codes: codes } = command
  if (end.overdue) throw commandFailed(name, `it was stopped after ${seconds} s; what it had done until then stands\n${describeEnd(argv, end)}`)
  if (end.code === null || !codes.includes(end.code)) throw commandFailed(name, describeEnd(argv, end))
  return end
}
