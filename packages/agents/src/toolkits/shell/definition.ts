import { posix } from 'node:path'
import { Type, type Static } from '@sinclair/typebox'
import { patternFault } from '../../pattern.ts'
import { choice } from '../../schema.ts'
import { Masters, missingVariables, Program, programFaults, ProgramSettings, repeated, strict } from '../outward/definition.ts'
import { placeholdersIn, solePlaceholder } from './placeholders.ts'

const Argument = Type.Object({
  description: Type.String({ minLength: 1, maxLength: 500 }),
  pattern: Type.Optional(Type.String({ maxLength: 200, description: 'What a value must look like, as a whole, in the language of RE2' })),
  choices: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 100 })),
  many: Type.Optional(Type.Boolean({ description: 'A list; each of its values becomes an argument of its own' })),
  optional: Type.Optional(Type.Boolean({ description: 'Without a value the whole argument it stands in is left out' })),
  dash: Type.Optional(Type.Boolean({ description: 'Whether a value at the start of an argument may begin with -, and so be an option' }))
}, strict)

const CommandName = Type.String({ pattern: '^[a-z][a-z0-9_]{0,47}$' })

const Command = Type.Object({
  name: CommandName,
  description: Type.String({ minLength: 1, maxLength: 1_000 }),
  kind: choice(['read', 'change']),
  argv: Program,
  arguments: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,30}$' }), Argument, { ...strict, default: {} }),
  ...ProgramSettings,
  timeout_seconds: Type.Integer({ minimum: 1, maximum: 3_600, default: 60 }),
  max_bytes: Type.Integer({ minimum: 1_000, maximum: 4_000_000, default: 200_000, description: 'What is kept of its output' }),
  exit_codes: Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), { minItems: 1, maxItems: 50, default: [0], description: 'Those that mean that it did its work' }),
  risk: Type.Optional(choice(['low', 'medium', 'high'])),
  check: Type.Optional({ ...Program, description: 'A command that ends with 0 when the change is in place; the same placeholders' }),
  undo: Type.Optional({ ...Program, description: 'A command that takes the change back; the same placeholders' }),
  repeatable: Type.Boolean({ default: false, description: 'Whether it may run again when it is not known if it ran' })
}, strict)
export type Command = Static<typeof Command>

export const ShellDefinition = Type.Object({ masters: Masters, commands: Type.Array(Command, { minItems: 1, maxItems: 100 }) }, strict)
export type ShellDefinition = Static<typeof ShellDefinition>

export function shellFaults ({ commands }: ShellDefinition, env: NodeJS.ProcessEnv): string[] {
  return [
    ...repeated('shell.commands', commands.map(({ name }) => name)),
    ...commands.flatMap((command, index) => commandFaults(command, env).map((fault) => `shell.commands.${index}.${fault}`))
  ]
}

function commandFaults (command: Command, env: NodeJS.ProcessEnv): string[] {
  const { kind, risk, check, undo, repeatable, arguments: given } = command
  const lines = Object.entries({ argv: command.argv, check, undo }).flatMap(([field, argv]) => argv ? [{ field, argv }] : [])
  const faults = [...missingVariables('env_from', command.env_from, env), ...lines.flatMap(({ field, argv }) => lineFaults(field, argv, given))]
  if (kind === 'change' && risk === undefined) faults.push('risk: a change needs one: low, medium or high')
  if (kind === 'read' && (risk !== undefined || check || undo || repeatable)) faults.push('kind: risk, check, undo and repeatable are for changes')
  for (const [name, { pattern, choices }] of Object.entries(given)) {
    if (!command.argv.some((part) => placeholdersIn(part).includes(name))) faults.push(`arguments.${name}: argv has no {${name}}`)
    if (pattern !== undefined && choices) faults.push(`arguments.${name}: a pattern or choices, not both`)
    const fault = pattern === undefined ? undefined : patternFault(pattern)
    if (fault !== undefined) faults.push(`arguments.${name}.pattern: ${fault}`)
  }
  return faults
}

function lineFaults (field: string, argv: readonly string[], given: Command['arguments']): string[] {
  const faults = programFaults(field, argv)
  if (placeholdersIn(argv[0] ?? '').length > 0) faults.push(`${field}.0: the program is fixed`)
  for (const [index, part] of argv.entries()) {
    for (const name of placeholdersIn(part)) {
      if (!given[name]) faults.push(`${field}.${index}: arguments has no ${name}`)
      else if (given[name].many && solePlaceholder(part) !== name) faults.push(`${field}.${index}: a list must be the whole argument, {${name}} alone`)
    }
  }
  const script = scriptIndex(argv)
  if (script !== undefined && placeholdersIn(argv[script]!).length > 0) faults.push(`${field}.${script}: a value would become part of a program; put it behind as an argument of its own, as in sh -c '… "$1"' sh {value}`)
  return faults
}

const interpreter = /^(?:(?:ba|da|z|k|a|fi)?sh|busybox|python[\d.]*|node|perl|ruby|php)$/
const scriptFlag = /^(?:-[a-z]*[ce]|--eval|--command|-r|-p)$/i

/** Where the text of a program stands, behind an interpreter and its flag for it, be that started by another program or not. */
function scriptIndex (argv: readonly string[]): number | undefined {
  const program = argv.findIndex((part) => interpreter.test(posix.basename(part)))
  const flag = program === -1 ? -1 : argv.findIndex((part, index) => index > program && scriptFlag.test(part))
  return flag === -1 || flag + 1 >= argv.length ? undefined : flag + 1
}
