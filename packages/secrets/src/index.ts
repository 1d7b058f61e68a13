import { programOf, secretsInArguments } from './arguments.ts'
import { findAssigned } from './assignments.ts'
import { findDeclared } from './declared.ts'
import { findInDiff } from './diffs.ts'
import { findInDocuments } from './documents.ts'
import { findEncoded } from './encoded.ts'
import { findInEntities } from './entities.ts'
import { findInEnvFile, isEnvFile } from './env-files.ts'
import { holdsSecret, isSecretElement, namesAmong } from './fields.ts'
import { inOrder, placesIn, type SecretFound } from './found.ts'
import { isPlaceholder } from './not-a-secret.ts'
import { plainOf } from './plain.ts'
import { findKeyTails, findPrivateKeys } from './private-keys.ts'
import { findInSecretFile } from './secret-files.ts'
import { findSecretObjects } from './secret-objects.ts'
import { findInStrings } from './strings.ts'
import { findTokens } from './token-forms.ts'

export type { SecretFound } from './found.ts'
export { isSecretField } from './names.ts'
export { isSecretFile } from './secret-files.ts'

/** What stands in the place of a secret. */
export const redactionMark = '[redacted:'

/** Secrets whose form alone gives them away: tokens with a known shape, private keys, values of Kubernetes Secrets; in order. */
export function findCertainSecrets (text: string): SecretFound[] {
  return findSecrets(text).filter(({ certain }) => certain)
}

/**
 * Certain secrets, and values that stand where a password or token stands; in order.
 * @param path of the file the text is, where it is one
 */
export function findSecrets (text: string, path?: string): SecretFound[] {
  const found = findAt(text, 0)
  return path === undefined ? found : inOrder([...found, ...isEnvFile(path) ? findInEnvFile(text, true) : [], ...findInSecretFile(text, path)])
}

/** Characters of the shortest text that can hold one: `pwd=` and a value of four. Most names and words of what is reported have fewer. */
const shortest = 8

function findAt (text: string, depth: number): SecretFound[] {
  if (text.length < shortest) return []
  const other = plainOf(text)
  return other ? placesIn(findInPlain(other.plain, depth), other.shifts) : findInPlain(text, depth)
}

function findInPlain (text: string, depth: number): SecretFound[] {
  const findOnLines = (lines: string) => inOrder([...findByForm(lines), ...findSecretObjects(lines), ...findDeclared(lines), ...findAssigned(lines), ...findInDocuments(lines), ...findInEnvFile(lines, false), ...findInStrings(lines, findAt, depth), ...findInEntities(lines, findAssigned)])
  return inOrder([...findInDiff(text, findOnLines) ?? findOnLines(text), ...findEncoded(text, findByForm)])
}

function findByForm (text: string): SecretFound[] {
  return [...findTokens(text), ...findPrivateKeys(text), ...findKeyTails(text)]
}

/** The text with every secret replaced by its kind. Lines stay where they are. Redacting again changes nothing. */
export function redact (text: string, path?: string): string {
  return replaceSecrets(text, ({ kind }) => `${redactionMark} ${kind}]`, path)
}

export function replaceSecrets (text: string, markOf: (found: SecretFound, number: number) => string, path?: string): string {
  let replaced = ''
  let at = 0
  for (const [number, found] of findSecrets(text, path).entries()) {
    const end = found.index + found.length
    replaced += text.slice(at, found.index) + markOf(found, number + 1) + '\n'.repeat(text.slice(found.index, end).split('\n').length - 1)
    at = end
  }
  return replaced + text.slice(at)
}

/** Plain values (as JSON has them) with every secret in them replaced: in texts, in fields and arguments named for one, in objects that are Kubernetes Secrets. */
export function redactValue<T> (value: T): T {
  return redactWithin(value, {}) as T
}

/** What stands around a value: the name it is a value of, whether an object there is a Secret without saying so, and the program that is given it. */
interface Around { holder?: string | undefined, ofSecrets?: boolean, program?: string | undefined }

function redactWithin (value: unknown, { holder, ofSecrets = false, program }: Around): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) {
    const given = secretsInArguments(value, program)
    return value.map((each: unknown, index) => {
      if (given.has(index)) return `${(each as string).slice(0, given.get(index))}${namedMark}`
      return isSecretElement(value[index - 1], each, holder) ? namedMark : redactWithin(each, { ofSecrets })
    })
  }
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value)
  const kind = fields.find(([name]) => name === 'kind')?.[1]
  const isSecret = kind === 'Secret' || (ofSecrets && (kind === undefined || typeof kind !== 'string'))
  const names = namesAmong(fields)
  const runs = fields.map(([name, field]) => programOf(name, field)).find((each) => each !== undefined)
  return Object.fromEntries(fields.map(([name, field]) => {
    if (isSecret && (name === 'data' || name === 'stringData')) return [name, withoutValues(field)]
    if (typeof field !== 'string') return [redact(name), redactWithin(field, { holder: name, ofSecrets: ofSecrets || kind === 'SecretList', program: runs })]
    return [redact(name), holdsSecret(name, field, names, holder) ? namedMark : redact(field)]
  }))
}

const namedMark = `${redactionMark} password or token]`

/** A line of a log, in JSON. */
export function redactLine (line: string): string {
  return `${JSON.stringify(redactValue(JSON.parse(line)))}\n`
}

function withoutValues (field: unknown): unknown {
  if (field === null || typeof field !== 'object') return typeof field === 'string' && !isPlaceholder(field) ? `${redactionMark} Secret value]` : field
  return Object.fromEntries(Object.entries(field).map(([name, value]) => [name, withoutValues(value)]))
}
