import { randomUUID } from 'node:crypto'
import { gitFailed } from '../../errors.ts'
import type { Git } from './git.ts'

/**
 * Blobs as git would check them out at their paths: line ends, `$Id$` and encodings converted as attributes and settings of the repository have it, by no program of its own.
 * @throws CTX_GIT_FAILED when one of them is not there
 */
export async function checkedOut (git: Git, entries: ReadonlyArray<{ path: string, blob: string }>): Promise<Map<string, Buffer>> {
  if (entries.length === 0) return new Map()
  // git tells the size before the conversion, so what it answers is parted by a line nobody could have written.
  const mark = `cortex-${randomUUID()}`
  const line = Buffer.from(`${mark}\n`)
  const output = await git.bytes(['cat-file', '--filters', `--batch=${mark}`], { input: entries.map(({ path, blob }) => `${blob} ${path}\n`).join('') })
  const contents = new Map<string, Buffer>()
  let at = 0
  for (const { path, blob } of entries) {
    if (output.indexOf(line, at) !== at) throw gitFailed('cat-file', `${blob} is no blob of this repository`, undefined)
    const from = at + line.length
    const next = output.indexOf(line, from)
    at = next === -1 ? output.length : next
    contents.set(path, output.subarray(from, at - 1))
  }
  return contents
}

/** The names of the blobs git would make of what lies at these paths, in their order: the other way round. */
export async function checkedIn (git: Git, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return []
  return (await git.text(['hash-object', '--stdin-paths'], { input: paths.map((path) => `${path}\n`).join('') })).trim().split('\n')
}
