import type { SecretFound } from './found.ts'
import { isSecretField, secretWord } from './names.ts'
import { isDrawnValue } from './not-a-secret.ts'

const kind = 'secret in a file of its own'
/** Ends of names that say nothing of what is in a file, or say what is. */
const ending = /\.(txt|secret|pw|pwd|pass|passwd|password|passphrase|key|token)$/i
const folder = /^\.?(?:secrets?|credentials?|passwords?|tokens?)$/i
/** Longer ones are no secret, nor a list of some. */
const lengthLimit = 4_096
const mostLines = 20

/** Whether a file by this name holds a secret and nothing else, as Docker and kustomize read them: `db_password`, `secrets/api-token`, `enc.key`. */
export function isSecretFile (path: string): boolean {
  return nameOf(path) !== undefined
}

/** The name that tells of it; empty where the folder alone does. */
function nameOf (path: string): string | undefined {
  const parts = path.split('/')
  const base = parts.pop()!.replace(/^\.(?=.)/, '')
  const end = ending.exec(base)?.[1]?.toLowerCase()
  const stem = base.replace(ending, '')
  if (/[.]|^(?:readme|license|notes?|index|todo|gitkeep|gitignore|gitattributes)$/i.test(stem)) return undefined
  const name = end === undefined || end === 'txt' || end === 'secret' || secretWord(stem) !== undefined ? stem : `${stem}_${end}`
  if (secretWord(name) !== undefined) return name
  return parts.some((part) => folder.test(part)) || end === 'secret' ? '' : undefined
}

/** What a file holds that is named for it: a line, where that is one by the name; else each word that is drawn by chance. */
export function findInSecretFile (text: string, path: string): SecretFound[] {
  const name = nameOf(path)
  const lines = text.split('\n')
  if (name === undefined || text.length > lengthLimit || lines.length > mostLines) return []
  const isOne = text.trim().split('\n').length === 1
  const found: SecretFound[] = []
  let at = 0
  for (const line of lines) {
    const value = line.trim()
    const index = at + line.indexOf(value)
    // A line of several with blanks in it is a sentence.
    if (name !== '' && (isOne || !/\s/.test(value)) && isSecretField(name, value)) found.push({ kind, index, length: value.length, certain: false })
    else if (!/^(?:#|-----)/.test(value)) {
      for (const { index: from, 0: word } of value.matchAll(/(?<=^|[\s=:])[^\s=:][^\s:]*/g)) {
        if (isDrawnValue(word)) found.push({ kind, index: index + from, length: word.length, certain: false })
      }
    }
    at += line.length + 1
  }
  return found
}
