import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreLocked } from './errors.ts'
import { keepPrivate } from './own-files.ts'
import { checkRestored } from './unfinished-restore.ts'

const busy = 5

/**
 * An exclusive lock on a data folder, held until it is closed, that the operating system gives back when the process dies, however it dies. The stores have
 * one each, for they may be served by processes of their own; a file beside them, so that a backup may read them meanwhile.
 * @param restoring whether a restore that did not end is no reason to refuse
 * @throws CTX_STORE_LOCKED, CTX_RESTORE_UNFINISHED
 */
export function lockStore (folder: string, name: 'lock.db' | 'chat-lock.db', { restoring = false } = {}): DatabaseSync {
  const path = join(folder, name)
  keepPrivate(path)
  const lock = new DatabaseSync(path)
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
    if (!restoring) checkRestored(folder)
    return lock
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== busy) throw error
    throw new StoreLocked(folder, userOf(folder))
  }
}

/** Which process runs on a data folder, as words to set behind "another process"; a restore, an import or a part by itself is not told. */
export function userOf (folder: string): string {
  const pid = runningPid(folder)
  return pid === undefined ? '' : ` (pid ${pid})`
}

/** The process that said it is ready on a data folder, if it lives. */
export function runningPid (folder: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(join(folder, 'ready.json'), 'utf8')) as { pid?: unknown }
    return typeof pid === 'number' && isAlive(pid) ? pid : undefined
  } catch {
    return undefined
  }
}

function isAlive (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
