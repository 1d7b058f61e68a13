import type { Writable } from 'node:stream'
import type { Client } from './client.ts'
import type { Ending } from './exit-code.ts'
import type { Terminal } from './terminal/terminal.ts'

export interface Argument {
  /** As help shows it, in capitals. */
  readonly name: string
  readonly text: string
  readonly optional?: true
  /** What completion offers. */
  readonly completes?: 'file' | 'folder' | readonly string[]
}

export interface Option {
  readonly text: string
  /** What stands behind it, in capitals; without one it is a switch. */
  readonly value?: string
  readonly short?: string
  /** The values there are; any other is refused. */
  readonly choices?: readonly string[]
  /** It may be given several times. */
  readonly many?: true
  readonly completes?: 'file'
}

export type Options = Readonly<Record<string, Option>>

export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends { value: string } ? O[Name] extends { many: true } ? readonly string[] : string | undefined : boolean
}

export interface Call<O extends Options = Options> {
  /** The arguments, as many as the command takes. */
  readonly args: readonly string[]
  readonly options: Values<O>
  readonly terminal: Terminal
  readonly stdout: Writable
  readonly env: NodeJS.ProcessEnv
  /** Aborted when a person pressed Ctrl+C, or whoever read the output has enough. */
  readonly signal: AbortSignal
  /** The whole table. */
  readonly commands: readonly Command[]
  /** The running Cortex. @throws CTX_CORTEX_NOT_RUNNING and what else settings can be wrong in */
  client (): Client
  /** A path as the person meant it, from the folder they are in. */
  path (name: string): string
}

/** One row of the table of commands, from which parsing, help, completion and docs/cli.md are derived. */
export interface Command<O extends Options = Options> {
  /** As typed after `cortex`. */
  readonly words: string
  readonly summary: string
  /** What else there is to know, as sentences of Markdown without markup of its own. */
  readonly details?: string
  readonly args?: readonly Argument[]
  readonly options: O
  readonly examples?: readonly string[]
  /** Answers how it ended; done unless it says so. */
  run (call: Call<O>): Promise<Ending | undefined>
}

export function defineCommand<const O extends Options> (command: Command<O>): Command {
  return command as unknown as Command
}

export const asJson = { json: { text: 'Answer as JSON, for scripts' } } as const satisfies Options
