import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { StoreUnreadable } from './errors.ts'

const magic = 'SQLite format 3\0'
/** Where `user_version` stands in the header, 4 bytes. */
const versionAt = 60

/**
 * The schema version of a SQLite file, before it is opened: opening writes. 0 for one that is not there yet.
 * @throws CTX_STORE_UNREADABLE
 */
export function storeVersion (path: string): number {
  try {
    if (!existsSync(path) || statSync(path).size === 0) return 0
    // What a killed process committed last stands beside the file, and counts.
    const log = statSync(`${path}-wal`, { throwIfNoEntry: false })
    return log && log.size > 0 ? versionByEngine(path) : versionInHeader(path)
  } catch (error) {
    throw new StoreUnreadable(path, error instanceof Error ? error.message : String(error))
  }
}

function versionInHeader (path: string): number {
  const header = Buffer.alloc(versionAt + 4)
  const file = openSync(path, 'r')
  try {
    const read = readSync(file, header)
    if (read < header.length || header.toString('latin1', 0, magic.length) !== magic) throw new Error('it is no SQLite file')
    return header.readInt32BE(versionAt)
  } finally {
    closeSync(file)
  }
}

function versionByEngine (path: string): number {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    return Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  } finally {
    db.close()
  }
}
