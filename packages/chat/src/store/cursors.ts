import type { Conversation } from '@cortex/contracts'
import { CursorInvalid } from '../errors.ts'

/** Where a list of conversations goes on. */
export function encodeCursor ({ updated_at: updatedAt, id }: Conversation): string {
  return Buffer.from(`${updatedAt} ${id}`).toString('base64url')
}

/** Without a cursor: before all of them. @throws CTX_CURSOR_INVALID */
export function decodeCursor (cursor: string | undefined): [updatedAt: string, id: string] {
  if (cursor === undefined) return ['~', '~']
  const [updatedAt, id, ...rest] = Buffer.from(cursor, 'base64url').toString().split(' ')
  if (!updatedAt || !id || rest.length > 0 || !/^[\d:.TZ-]{24}$/.test(updatedAt)) throw new CursorInvalid()
  return [updatedAt, id]
}

/** Without a cursor: before all hits. @throws CTX_CURSOR_INVALID */
export function decodePosition (cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER
  if (!/^[1-9][0-9]{0,14}$/.test(cursor)) throw new CursorInvalid()
  return Number(cursor)
}

/** One row more than asked for is read, and says that there is a next page. */
export function onePage<T> (rows: readonly T[], limit: number, encode: (last: T) => string): { page: T[], next_cursor: string | null } {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { page: rows.slice(0, limit), next_cursor: last === undefined ? null : encode(last) }
}
