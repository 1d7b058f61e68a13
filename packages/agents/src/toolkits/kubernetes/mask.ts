import { redact, redactionMark } from '@cortex/secrets'

const secretField = /pass(?:word|wd|phrase)$|token$|(?:client|shared)[-_.]?secret$|(?:api|access|private|secret)[-_.]?key$/i
const secretVariable = /pass(?:word|wd|phrase)?$|pwd$|secret$|token$|credential|(?:api|access|private|secret)[-_.]?key/i
const mask = `${redactionMark} secret value]`
/** kubectl keeps the whole object as text in an annotation, the values of a Secret included. */
const appliedCopy = 'kubectl.kubernetes.io/last-applied-configuration'

/** An object of the cluster with every secret value replaced: all values of a Secret, and elsewhere what its name or its form gives away. Keys stay. */
export function masked<T> (object: T): T {
  return maskWithin(object, '', isRecord(object) && object.kind === 'Secret') as T
}

/** Whether nothing in it would be masked. */
export function isPlain (object: unknown): boolean {
  return JSON.stringify(masked(object)) === JSON.stringify(object)
}

function maskWithin (value: unknown, key: string, secret: boolean): unknown {
  if (typeof value === 'string') return secretField.test(key) && value !== '' ? mask : redact(value)
  if (Array.isArray(value)) return value.map((each) => maskWithin(each, '', false))
  if (!isRecord(value)) return value
  // An environment variable, a header, a parameter: the name stands beside the value.
  const named = typeof value.name === 'string' && typeof value.value === 'string' && value.value !== '' && secretVariable.test(value.name)
  return Object.fromEntries(Object.entries(value).filter(([field]) => field !== appliedCopy).map(([field, each]) => {
    if (named && field === 'value') return [field, mask]
    if (secret && ['data', 'stringData'].includes(field) && isRecord(each)) return [field, Object.fromEntries(Object.keys(each).map((name) => [name, mask]))]
    return [field, maskWithin(each, field, false)]
  }))
}

function isRecord (value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
