import { redact, redactionMark, redactValue } from '@cortex/secrets'
import { stringify } from 'yaml'

const mask = `${redactionMark} secret value]`
/** kubectl keeps the whole object as text in an annotation, the values of a Secret included. */
const appliedCopy = 'kubectl.kubernetes.io/last-applied-configuration'

/** An object of the cluster with every secret value replaced: all values of a Secret, and elsewhere what is redacted in any value. Keys stay. */
export function masked<T> (object: T): T {
  return redactValue(isRecord(object) && object.kind === 'Secret' ? withoutData(withoutCopies(object)) : withoutCopies(object)) as T
}

/** Whether nothing in it would be masked, as an object or as the text a person is shown of it. */
export function isPlain (object: unknown): boolean {
  const text = yamlOf(object)
  return JSON.stringify(masked(object)) === JSON.stringify(object) && redact(text) === text
}

/** For a person or a model: keys in one order. */
export function yamlOf (value: unknown): string {
  return stringify(value, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false })
}

function withoutCopies (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCopies)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([field]) => field !== appliedCopy).map(([field, each]) => [field, withoutCopies(each)]))
}

function withoutData (secret: unknown): unknown {
  return Object.fromEntries(Object.entries(secret as object).map(([field, each]) => {
    return [field, ['data', 'stringData'].includes(field) && isRecord(each) ? Object.fromEntries(Object.keys(each).map((name) => [name, mask])) : each]
  }))
}

function isRecord (value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
