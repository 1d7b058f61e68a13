import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RestoreUnfinished } from './errors.ts'

/** A file that is there from before a restore moves the first thing until after the last one. */
export const restoreMark = 'restore-begun.json'

export interface BegunRestore {
  /** The backup. */
  file: string
  /** None where the mark cannot be read. Nothing is moved before it is whole on the disk. */
  parts: string[]
}

const unreadable: BegunRestore = { file: 'a backup that the mark there does not name', parts: [] }

/** null: none was begun, or all were ended. */
export function begunRestore (folder: string): BegunRestore | null {
  const path = join(folder, restoreMark)
  if (!existsSync(path)) return null
  try {
    const { file, parts } = JSON.parse(readFileSync(path, 'utf8')) as Partial<BegunRestore>
    if (typeof file === 'string' && Array.isArray(parts) && parts.length > 0) return { file, parts: parts.map(String) }
  } catch {
    // It says nothing, as one that has other fields.
  }
  return unreadable
}

/** CTX_RESTORE_UNFINISHED */
export function unfinishedRestore ({ file, parts }: BegunRestore, folder: string): Error {
  return new RestoreUnfinished(parts.length === 0 ? file : `${file} (${parts.join(', ')})`, folder, restoreMark)
}

/** Whether a folder is whole as far as restores go. @throws CTX_RESTORE_UNFINISHED */
export function checkRestored (folder: string): void {
  const begun = begunRestore(folder)
  if (begun) throw unfinishedRestore(begun, folder)
}
