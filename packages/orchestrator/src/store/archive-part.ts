import { gunzipSync, gzipSync } from 'node:zlib'
import type { LogLine } from '@cortex/contracts'
import type { ArchivedTask } from './task-store.ts'

/** Some tasks of one day as they lie in the archive: JSON Lines, compressed. */
export function packArchivePart (tasks: readonly ArchivedTask[]): Buffer {
  return gzipSync(tasks.map((task) => JSON.stringify(task)).join('\n'))
}

/** The tasks by these ids: no line but theirs, and those that name them, is read further. */
export function findInArchivePart (body: Uint8Array, ids: readonly string[]): ArchivedTask[] {
  const lines = linesOf(gunzipSync(body))
  return ids.flatMap((id) => {
    const named = JSON.stringify(id)
    for (const line of lines) {
      if (!line.includes(named)) continue
      const archived = JSON.parse(line.toString()) as ArchivedTask
      if (archived.task.id === id) return [archived]
    }
    return []
  })
}

/** @param docs lines of a log, each as JSON */
export function packLog (docs: readonly string[]): Buffer {
  return gzipSync(docs.join('\n'))
}

export function unpackLog (body: Uint8Array): LogLine[] {
  return gunzipSync(body).toString().split('\n').map((line) => JSON.parse(line) as LogLine)
}

/** Not as text, which may be no longer than 512 MB: parts of an earlier version had no bound. */
function linesOf (text: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start <= text.length;) {
    const end = text.indexOf('\n', start)
    lines.push(text.subarray(start, end === -1 ? text.length : end))
    start = end === -1 ? Infinity : end + 1
  }
  return lines
}
