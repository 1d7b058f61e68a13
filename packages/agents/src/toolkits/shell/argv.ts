import { findCertainSecrets, redactionMark } from '@cortex/secrets'
import { Type, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { toolInputInvalid } from '../../errors.ts'
import { matchesWhole } from '../../pattern.ts'
import { choice, faultsOf } from '../../schema.ts'
import { strict } from '../outward/definition.ts'
import type { Command } from './definition.ts'
import { placeholder, placeholdersIn, solePlaceholder } from './placeholders.ts'

const valueLimit = 4_000
const valuesLimit = 64
/** Characters of all values of a list that have to fit a pattern. */
const fittedLimit = 16_000

const Values = Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]))
export type Values = Static<typeof Values>

export function inputOf ({ arguments: given }: Command): TObject {
  return Type.Object(Object.fromEntries(Object.entries(given).map(([name, { description, pattern, choices, many, optional }]) => {
    const one: TSchema = choices ? choice(choices) : Type.String({ minLength: 1, maxLength: valueLimit })
    // As a keyword of the schema the pattern would be run by whoever checks it, in time without a bound.
    const described = { description: pattern === undefined ? description : `${description} ${many ? 'Each value' : 'The value'} has to fit the regular expression ${pattern} as a whole.` }
    const schema = many ? Type.Array(one, { minItems: 1, maxItems: valuesLimit, ...described }) : { ...one, ...described }
    return [name, optional ? Type.Optional(schema) : schema]
  })), strict)
}

/**
 * Values that fit their places beyond what their schema says: each fits its pattern, none is an option, ends an argument early or is a secret.
 * @throws CTX_TOOL_INPUT_INVALID
 */
export function checkedValues ({ name: command, argv, check = [], undo = [], arguments: given }: Command, values: unknown): Values {
  if (!Value.Check(Values, values)) throw toolInputInvalid(command, faultsOf(Values, values))
  const parts = [...argv, ...check, ...undo]
  const faults = Object.entries(values).flatMap(([name, value]) => [value].flat().flatMap((text, index, all) => {
    if (text.includes('\0') || !text.isWellFormed()) return [`${name}: this is not text`]
    const pattern = given[name]?.pattern
    if (pattern !== undefined && all.join('').length > fittedLimit) return index === 0 ? [`${name}: its values come to more than ${fittedLimit} characters`] : []
    if (pattern !== undefined && !matchesWhole(pattern, text)) return [`${name}: does not fit ${pattern} as a whole`]
    if (text.startsWith('-') && !given[name]?.dash && parts.some((part) => part.startsWith(`{${name}}`))) return [`${name}: must not begin with -, for it would be an option`]
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
