import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RestoreUnfinished } from './errors.ts'

/** A file that is there from before a restore moves the first thing until after the last one. */
export const restoreMark = 'restore-begun.json'

export interface BegunRestore {
  /** The backup. */
  file: string
  parts: string[]
}

/** null: none was begun, or all were ended. */
export function begunRestore (folder: string): BegunRestore | null {
  const path = join(folder, restoreMark)
  if (!existsSync(path)) return null
  try {
    const { file, parts } = JSON.parse(readFileSync(path, 'utf8')) as Partial<BegunRestore>
    return { file: typeof file === 'string' ? file : 'a backup', parts: Array.isArray(parts) ? parts.map(String) : [] }
  } catch {
    return { file: 'a backup', parts: [] }
  }
}

/** CTX_RESTORE_UNFINISHED */
export function unfinishedRestore ({ file, parts }: BegunRestore, folder: string): Error {
  return new RestoreUnfinished(`${file} (${parts.join(', ')})`, folder, restoreMark)
}

/** Whether a folder is whole as far as restores go. @throws CTX_RESTORE_UNFINISHED */
export function checkRestored (folder: string): void {
  const begun = begunRestore(folder)
  if (begun) throw unfinishedRestore(begun, folder)
}
