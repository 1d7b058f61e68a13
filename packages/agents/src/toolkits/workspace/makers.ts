import { taskIdPattern } from '@cortex/contracts'
import type { Repository } from './repository.ts'

const isTaskId = new RegExp(taskIdPattern)

/** Which task last changed each of these files, by its name and id; files that a person changed last are left out. */
export async function makersOf ({ git }: Repository, commit: string, paths: readonly string[]): Promise<Record<string, string>> {
  const makers: Record<string, string> = {}
  for (const path of paths) {
    const line = await git.line(['log', '-1', '--format=%s%x1f%(trailers:key=Cortex-Task,valueonly,separator=%x2C)', commit, '--', path])
    const [subject = '', task = ''] = line.split('\x1f')
    if (isTaskId.test(task)) makers[path] = `“${subject}” (${task})`
  }
  return makers
}
