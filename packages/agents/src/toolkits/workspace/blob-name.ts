import { createHash } from 'node:crypto'

/** The name git gives a blob of this content, in a repository whose names have this many digits: 40 are SHA-1, 64 are SHA-256. */
export function blobName (content: Buffer, digits: number): string {
  return createHash(digits === 40 ? 'sha1' : 'sha256').update(`blob ${content.length}\0`).update(content).digest('hex')
}
