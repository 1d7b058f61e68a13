import { CursorInvalid } from '../errors.ts'

/** The place in a list that a cursor names. @throws CTX_CURSOR_INVALID */
export function readCursor (cursor: string): number {
  if (!/^[0-9]{1,15}$/.test(cursor)) throw new CursorInvalid()
  return Number(cursor)
}
