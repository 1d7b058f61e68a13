import { isUtf8 } from 'node:buffer'
import type { SecretFound } from './found.ts'

const run = /[A-Za-z0-9+/_-]{24,}={0,2}/g

/** Base64 that is another kind of secret once it is decoded. `find` is what looks for it. */
export function findEncoded (text: string, find: (decoded: string) => readonly SecretFound[]): SecretFound[] {
  const found: SecretFound[] = []
  for (const { index, 0: encoded } of text.matchAll(run)) {
    const bytes = Buffer.from(encoded, 'base64')
    if (!isUtf8(bytes)) continue
    const [secret] = find(bytes.toString('utf8'))
    if (secret) found.push({ kind: `${secret.kind} in base64`, index, length: encoded.length, certain: true })
  }
  return found
}
