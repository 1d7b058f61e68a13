import { isSecretField, namesMany } from './names.ts'
import { isDrawn, isDrawnValue } from './not-a-secret.ts'

const nameField = /^\w{0,12}(?:name|key)$/i
const valueField = /^(?:\w{0,12}value|default)$/i

/** Names of what is all secret but for fields that say whose it is, where and of what kind. */
const holdsSecrets = /(?:^|[_.-])(?:secrets?|auth|credentials?|creds)$|[a-z](?:Secrets?|Auth|Credentials?|Creds)$/i
const openField = /(?:^|[_.-]|(?<=[a-z]))(?:ids?|uuid|name|user|username|namespace|hosts?|hostname|server|url|uri|endpoint|domain|realm|issuer|audience|scopes?|roles?|arn|region|zone|path|file|mode|version|revision|checksum|hash|digest|fingerprint|email|login|type|kind|image|tag|secret|ref|tenant|subject|date|time|at|prefix|suffix|label|account|project)$/i

/** Whether a name says so of what stands below it. */
export function isHolder (name: string): boolean {
  return holdsSecrets.test(name)
}

/** Whether a value is a secret since it stands below such a name: `auth: { key: … }`. */
export function isHeld (holder: string, field: string, value: string): boolean {
  return isHolder(holder) && !openField.test(field) && isDrawnValue(value)
}

/** The names of an object: what its fields for a name hold. */
export function namesAmong (fields: ReadonlyArray<readonly [name: string, value: unknown]>): string[] {
  return fields.flatMap(([name, value]) => typeof value === 'string' && (nameField.test(name) || (name === 'type' && /^passw(?:or)?d$/i.test(value))) ? [value] : [])
}

/** Whether a field holds a secret by its own name, or as the value of an object with such a name: one among its fields, or the name it is the value of. */
export function holdsSecret (field: string, value: string, names: readonly string[], holder: string | undefined): boolean {
  const all = valueField.test(field) ? [field, ...names, ...(holder === undefined ? [] : [holder])] : [field]
  return all.some((each) => isSecretField(each, value)) || (holder !== undefined && namesMany(holder) && isDrawn(value) && isSecretField(holder, value)) || (holder !== undefined && isHeld(holder, field, value))
}

/** Whether an element of a list holds one: as the argument behind a flag, or by the name of the list. */
export function isSecretElement (before: unknown, value: unknown, holder: string | undefined): boolean {
  if (typeof value !== 'string') return false
  const isArgument = typeof before === 'string' && /^--?[\w-]{1,60}$/.test(before) && !value.startsWith('-') && isSecretField(before, value)
  return isArgument || (holder !== undefined && isSecretField(holder, value))
}
