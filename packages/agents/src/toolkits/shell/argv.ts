import { findCertainSecrets, redactionMark } from '@cortex/secrets'
import { Type, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { toolInputInvalid } from '../../errors.ts'
import { choice, faultsOf } from '../../schema.ts'
import { strict } from '../outward/definition.ts'
import type { Command } from './definition.ts'
import { placeholder, placeholdersIn, solePlaceholder } from './placeholders.ts'

const valueLimit = 4_000
const valuesLimit = 64

const Values = Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]))
export type Values = Static<typeof Values>

export function inputOf ({ arguments: given }: Command): TObject {
  return Type.Object(Object.fromEntries(Object.entries(given).map(([name, { description, pattern, choices, many, optional }]) => {
    const one: TSchema = choices ? choice(choices) : Type.String({ minLength: 1, maxLength: valueLimit, ...(pattern !== undefined && { pattern: `^(?:${pattern})$` }) })
    const schema = many ? Type.Array(one, { minItems: 1, maxItems: valuesLimit, description }) : { ...one, description }
    return [name, optional ? Type.Optional(schema) : schema]
  })), strict)
}

/**
 * Values that fit their places beyond what their schema says: none is an option, ends an argument early or is a secret.
 * @throws CTX_TOOL_INPUT_INVALID
 */
export function checkedValues ({ name: command, argv, arguments: given }: Command, values: unknown): Values {
  if (!Value.Check(Values, values)) throw toolInputInvalid(command, faultsOf(Values, values))
  const faults = Object.entries(values).flatMap(([name, value]) => [value].flat().flatMap((text) => {
    if (text.includes('\0') || !text.isWellFormed()) return [`${name}: this is not text`]
    if (text.startsWith('-') && !given[name]?.dash && argv.some((part) => part.startsWith(`{${name}}`))) return [`${name}: must not begin with -, for it would be an option`]
    if (text.includes(redactionMark)) return [`${name}: holds a redaction mark, which is not the real value`]
    const [secret] = findCertainSecrets(text)
    return secret ? [`${name}: holds what looks like a secret (${secret.kind}); arguments are shown and stored, so have the operator pass it by env_from`] : []
  }))
  if (faults.length > 0) throw toolInputInvalid(command, faults)
  return values
}

/** The arguments with the values in their places. A value stays within the argument it stands in, whatever it holds. */
export function fill (argv: readonly string[], values: Values): string[] {
  return argv.flatMap((part) => {
    const names = placeholdersIn(part)
    if (names.some((name) => values[name] === undefined)) return []
    const sole = solePlaceholder(part)
    if (sole !== undefined) return [values[sole]!].flat()
    return [part.replaceAll(placeholder, (_, name: string) => String(values[name]))]
  })
}
