import { outsideText, visibleJson } from '../outward/outside-text.ts'
import { fill, type Values } from './argv.ts'
import type { Command } from './definition.ts'
import type { CommandEnd } from './run-command.ts'

/** Characters of output that are shown as evidence. */
const evidenceLimit = 8_000

export function describeTool ({ description, argv }: Command): string {
  return `${description} Runs: ${argv.map(visibleJson).join(' ')}`.slice(0, 2_000)
}

/** All that decides what the command will do, an argument a line, each as it will be passed. */
export function describePlan (command: Command, values: Values): string[] {
  const { argv, check, undo } = command
  return [
    ...describeRun(command, fill(argv, values)),
    ...(check ? line('then check, which must end with 0:', fill(check, values)) : ['no check: its exit code and output are the evidence']),
    ...(undo ? line('if the check or a later step fails, take it back by:', fill(undo, values)) : ['nothing takes it back'])
  ]
}

/** The same of the command that takes one back. */
export function describeBack (command: Command, argv: readonly string[]): string[] {
  return [...describeRun(command, argv), 'no check: its exit code, which must be 0, and its output are the evidence', 'nothing takes it back']
}

function describeRun ({ folder, env, env_from: passed, timeout_seconds: seconds }: Command, argv: readonly string[]): string[] {
  return [
    ...line('run, one argument a line:', argv),
    `in ${folder === undefined ? 'a new empty folder' : visibleJson(folder)}, for ${seconds} s at most`,
    `environment: ${['PATH', 'HOME', 'LC_ALL', ...Object.keys(env), ...passed].join(' ')}`
  ]
}

function line (words: string, argv: readonly string[]): string[] {
  return [words, ...argv.map((part) => `  ${visibleJson(part)}`)]
}

export function describeArgv (argv: readonly string[]): string {
  return argv.map(visibleJson).join(' ').slice(0, 2_000)
}

export function describeEnd (argv: readonly string[], end: CommandEnd): string {
  return [`${describeArgv(argv)} ended with ${exitOf(end)}`, outsideText(end.stdout, evidenceLimit), ...describeRest(end, evidenceLimit)].filter(Boolean).join('\n')
}

export function describeRest ({ stderr, dropped }: CommandEnd, limit: number): string[] {
  const errors = outsideText(stderr, limit)
  return [...(errors === '' ? [] : [`stderr:\n${errors}`]), ...(dropped > 0 ? [`… ${dropped} more bytes were not kept`] : [])]
}

export function exitOf ({ code }: CommandEnd): string {
  return code === null ? 'a signal' : `exit code ${code}`
}
