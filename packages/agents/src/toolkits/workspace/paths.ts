import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathRefused } from '../../errors.ts'

const lengthLimit = 400
const depthLimit = 24

/**
 * Checks a path somebody else chose: relative to the workspace's root, with `/`, already in its shortest form.
 * @throws CTX_PATH_REFUSED saying why
 */
export function checkPath (path: string): string {
  if (path.length === 0) throw pathRefused(path, 'it is empty')
  if (path.length > lengthLimit) throw pathRefused(path, `it is longer than ${lengthLimit} characters`)
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) throw pathRefused(path, 'it must be relative to the workspace')
  if (path.includes('\\')) throw pathRefused(path, 'use / between folders')
  if (/\p{Cc}/u.test(path)) throw pathRefused(path, 'it holds a control character')
  // Characters that draw nothing or turn the line around would let a person approve another path than the one they read.
  if (/[\p{Cf}\u2028\u2029]/u.test(path)) throw pathRefused(path, 'it holds an invisible character')
  const parts = path.split('/')
  if (parts.length > depthLimit) throw pathRefused(path, `it is deeper than ${depthLimit} folders`)
  for (const part of parts) {
    if (part === '' || part === '.' || part === '..') throw pathRefused(path, 'it must not hold empty parts, . or ..')
    if (part !== part.trim()) throw pathRefused(path, 'a part begins or ends with a space')
    if (/^\.git[ .]*$/i.test(part) || /^git~\d+$/i.test(part)) throw pathRefused(path, '.git belongs to git')
  }
  return path
}

/**
 * The place on disk, once it is sure that no folder on the way is a link out of the workspace.
 * @throws CTX_PATH_REFUSED
 */
export async function placeOf (directory: string, path: string): Promise<string> {
  const parts = checkPath(path).split('/')
  let place = directory
  for (const part of parts.slice(0, -1)) {
    place = join(place, part)
    const found = await lstat(place).catch(absent)
    if (found && !found.isDirectory()) throw pathRefused(path, `${part} is not a folder in the work tree`)
  }
  return join(directory, ...parts)
}

/** `a/b/c` lies in `a` and `a/b`. */
export function foldersOf (path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** For `catch`: what is not there is undefined, any other failure stays one. */
export function absent (error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}
