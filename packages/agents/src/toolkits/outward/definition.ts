import { Type } from '@sinclair/typebox'

export const strict = { additionalProperties: false }

/** The masters that get a toolkit. Named one by one, so that nobody gets a way out of the house unasked. */
export const Masters = Type.Array(Type.String(), { minItems: 1, maxItems: 100, description: 'Ids of the masters that may use it' })

const VariableName = '^[A-Za-z_][A-Za-z0-9_]{0,99}$'

/** What a program the operator names is started with, beside PATH, HOME and LC_ALL. */
export const ProgramSettings = {
  env: Type.Record(Type.String({ pattern: VariableName }), Type.String({ maxLength: 4_000 }), { ...strict, default: {}, description: 'Variables with their values; no place for secrets' }),
  env_from: Type.Array(Type.String({ pattern: VariableName }), { maxItems: 50, default: [], description: 'Variables of Cortex itself that are passed on, as for a token' }),
  folder: Type.Optional(Type.String({ pattern: '^/', maxLength: 1_000, description: 'Working folder; without it a new empty one' }))
}

/** A program and its first arguments: by its name on PATH or by its whole path, never relative to a folder. */
export const Program = Type.Array(Type.String({ maxLength: 4_000 }), { minItems: 1, maxItems: 100 })

export const programFaults = (field: string, [program = '']: readonly string[]): string[] =>
  program === '' || (program.includes('/') && !program.startsWith('/')) ? [`${field}.0: name a program on PATH or its whole path, not ${program}`] : []

export const missingVariables = (field: string, names: readonly string[], env: NodeJS.ProcessEnv): string[] =>
  names.filter((name) => env[name] === undefined).map((name) => `${field}: ${name} is not set where Cortex runs`)

interface Environment { env: Record<string, string>, env_from: string[] }

/** Everything a program sees of the environment. */
export function environmentOf ({ env, env_from: passed }: Environment, own: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  return { PATH: own.PATH, HOME: home, LC_ALL: 'C.UTF-8', ...env, ...Object.fromEntries(passed.map((name) => [name, own[name]])) }
}

export function repeated (field: string, names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map((name) => `${field}: ${name} is there twice`)
}
