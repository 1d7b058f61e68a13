import { findAssigned, isSecretField } from './redact/assignments.ts'
import { findInDiff } from './redact/diffs.ts'
import { findEncoded } from './redact/encoded.ts'
import { inOrder, type SecretFound } from './redact/found.ts'
import { isPlaceholder } from './redact/not-a-secret.ts'
import { findPrivateKeys } from './redact/private-keys.ts'
import { findSecretObjects } from './redact/secret-objects.ts'
import { findInStrings } from './redact/strings.ts'
import { findTokens } from './redact/token-forms.ts'

export type { SecretFound } from './redact/found.ts'

/** What stands in the place of a secret. */
export const redactionMark = '[redacted:'

/** Secrets whose form alone gives them away: tokens with a known shape, private keys, values of Kubernetes Secrets; in order. */
export function findCertainSecrets (text: string): SecretFound[] {
  return findSecrets(text).filter(({ certain }) => certain)
}

/** Certain secrets, and values that stand where a password or token stands; in order. */
export function findSecrets (text: string): SecretFound[] {
  return findAt(text, 0)
}

/** Characters of the shortest text that can hold one: `pwd=` and a value of four. Most names and words of what is reported have fewer. */
const shortest = 8

function findAt (text: string, depth: number): SecretFound[] {
  if (text.length < shortest) return []
  const findOnLines = (lines: string) => inOrder([...findByForm(lines), ...findSecretObjects(lines), ...findAssigned(lines)])
  return inOrder([...findOnLines(text), ...findInDiff(text, findOnLines), ...findEncoded(text, findByForm), ...findInStrings(text, findAt, depth)])
}

function findByForm (text: string): SecretFound[] {
  return [...findTokens(text), ...findPrivateKeys(text)]
}

/** The text with every secret replaced by its kind. Lines stay where they are. Redacting again changes nothing. */
export function redact (text: string): string {
  return replaceSecrets(text, ({ kind }) => `${redactionMark} ${kind}]`)
}

export function replaceSecrets (text: string, markOf: (found: SecretFound, number: number) => string): string {
  let replaced = ''
  let at = 0
  for (const [number, found] of findSecrets(text).entries()) {
    const end = found.index + found.length
    replaced += text.slice(at, found.index) + markOf(found, number + 1) + '\n'.repeat(text.slice(found.index, end).split('\n').length - 1)
    at = end
  }
  return replaced + text.slice(at)
}

/** Plain values (as JSON has them) with every secret in them replaced: in texts, in fields named for one, in objects that are Kubernetes Secrets. */
export function redactValue<T> (value: T): T
export function redactValue (value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((each: unknown) => redactValue(each))
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value)
  const isSecret = fields.some(([name, field]) => name === 'kind' && field === 'Secret')
  const named = fields.find(([name, field]) => name === 'name' && typeof field === 'string')?.[1] as string | undefined
  return Object.fromEntries(fields.map(([name, field]) => {
    if (isSecret && (name === 'data' || name === 'stringData')) return [name, withoutValues(field)]
    return [redact(name), typeof field === 'string' && isSecretField(name === 'value' ? named ?? name : name, field) ? `${redactionMark} password or token]` : redactValue(field)]
  }))
}

/** A line of a log, in JSON. */
export function redactLine (line: string): string {
  return `${JSON.stringify(redactValue(JSON.parse(line)))}\n`
}

function withoutValues (field: unknown): unknown {
  if (field === null || typeof field !== 'object') return typeof field === 'string' && !isPlaceholder(field) ? `${redactionMark} Secret value]` : field
  return Object.fromEntries(Object.entries(field).map(([name, value]) => [name, withoutValues(value)]))
}
