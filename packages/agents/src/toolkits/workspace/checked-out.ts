import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface CheckedOut { branch: string, commit: string | undefined }

/**
 * What HEAD and the file of its branch say, as gitrepository-layout describes them, which costs no process. The commit is undefined where no file
 * holds it (packed refs), and all of it where HEAD names no branch or the repository is laid out in another way: then git has to be asked.
 */
export async function readCheckedOut (directory: string): Promise<CheckedOut | undefined> {
  const read = (path: string) => readFile(join(directory, '.git', path), 'utf8').catch(() => '')
  const branch = /^ref: (refs\/heads\/[^\s.][^\s]*)\n?$/.exec(await read('HEAD'))?.[1]
  if (branch === undefined || branch.includes('..')) return undefined
  return { branch, commit: /^([0-9a-f]{40}|[0-9a-f]{64})\n?$/.exec(await read(branch))?.[1] }
}
