import type { Repository } from './repository.ts'
import { veil } from './veil.ts'

export interface SearchHit { path: string, line: number, text: string }

/** Longest part of a line that is shown. Characters. */
const shownLength = 400
const hitsPerFile = 50
const filesAtOnce = 50

/**
 * Lines that hold a text, letters large or small, as they are shown. A text that stands only in a secret is not found, nor counted: an answer to
 * guesses would give the secret away, letter by letter.
 */
export async function searchVeiled (repository: Repository, text: string, limit: number): Promise<SearchHit[]> {
  const wanted = text.toLowerCase()
  const files = await repository.filesWith(text)
  const hits: SearchHit[] = []
  for (let at = 0; at < files.length && hits.length < limit; at += filesAtOnce) {
    for (const [path, content] of await repository.readAll(files.slice(at, at + filesAtOnce))) {
      const lines = veil(content, path).split('\n').map((shown, index) => ({ path, line: index + 1, text: shown }))
      hits.push(...lines.filter((line) => line.text.toLowerCase().includes(wanted)).slice(0, hitsPerFile))
    }
  }
  return hits.slice(0, limit).map((hit) => ({ ...hit, text: hit.text.slice(0, shownLength) }))
}
