import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { keepPrivate, lockStore, makeFolder, StoreLocked, userOf } from '@cortex/service'
import { StoreUnavailable } from '../../errors.ts'
import { migrate } from './migrations.ts'

const busy = 5

/**
 * Opens `chat.db` in the data folder, and holds `chat-lock.db`: a second process would take up the same turns.
 * @throws CTX_STORE_LOCKED, CTX_RESTORE_UNFINISHED, CTX_STORE_TOO_NEW, CTX_STORE_UNAVAILABLE
 */
export function openDatabase (home: string): { db: DatabaseSync, close: () => void } {
  const opened: DatabaseSync[] = []
  const close = () => { for (const db of opened.splice(0).reverse()) db.close() }
  try {
    makeFolder(home, 'CORTEX_HOME', 0o700)
    opened.push(lockStore(home, 'chat-lock.db'))
    const path = join(home, 'chat.db')
    keepPrivate(path)
    const db = new DatabaseSync(path)
    opened.push(db)
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA busy_timeout = 5000;
      BEGIN IMMEDIATE; COMMIT`)
    migrate(db)
    return { db, close }
  } catch (error) {
    close()
    if (sqliteCode(error) === busy) throw new StoreLocked(home, userOf(home))
    throw asStoreError(error)
  }
}

/** What SQLite says of a full or read-only disk becomes an error an operator can act on; anything else stays what it is. */
export function asStoreError (error: unknown): unknown {
  const code = sqliteCode(error)
  if (code !== undefined) return new StoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error })
  const { code: system = '' } = error as NodeJS.ErrnoException
  return folderFaults.has(system) ? new StoreUnavailable(system, { cause: error }) : error
}

const folderFaults = new Set(['EACCES', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST'])

/** SQLite's primary result code: perm 3, busy 5, read-only 8, I/O error 10, corrupt 11, full 13, cannot open 14, no database 26. Others are mistakes of ours. */
function sqliteCode (error: unknown): number | undefined {
  const code = (error as { errcode?: number }).errcode
  const primary = code === undefined ? undefined : code & 0xff
  return primary !== undefined && [3, busy, 8, 10, 11, 13, 14, 26].includes(primary) ? primary : undefined
}
