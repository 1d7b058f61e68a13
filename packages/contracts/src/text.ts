import { Type, type Static, type StringOptions, type TSchema } from '@sinclair/typebox'

/** ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export const Timestamp = Type.String({ description: 'ISO 8601, UTC, milliseconds' })

/** Text a person reads on one line: at least one visible character, no NUL, bounded. */
export function Line (maxLength: number, options: StringOptions = {}) {
  return Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$', ...options })
}

/** A union of string literals under one schema, which validators report as one fault and models read as an enum. */
export function OneOf<const T extends readonly string[]> (values: T, options: { description?: string, default?: T[number] } = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: values, ...options })
}

/** An object that has every one of these keys, with the same kind of value. */
export function EachOf<const T extends readonly string[], Value extends TSchema> (keys: T, value: Value) {
  return Type.Unsafe<Record<T[number], Static<Value>>>(Type.Object(Object.fromEntries(keys.map((key) => [key, value]))))
}
