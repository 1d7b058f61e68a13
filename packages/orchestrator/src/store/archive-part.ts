import { gunzipSync, gzipSync } from 'node:zlib'
import type { ArchivedTask } from './task-store.ts'

/** Some tasks of one day as they lie in the archive: JSON Lines, compressed. */
export function packArchivePart (tasks: readonly ArchivedTask[]): Buffer {
  return gzipSync(tasks.map((task) => JSON.stringify(task)).join('\n'))
}

export function unpackArchivePart (body: Uint8Array): ArchivedTask[] {
  return gunzipSync(body).toString().split('\n').map((line) => JSON.parse(line) as ArchivedTask)
}
