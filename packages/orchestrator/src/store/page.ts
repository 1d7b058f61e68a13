/** Bytes the records of one page of a list may have: a page of the largest tasks is shorter, and its cursor goes on. */
export const longestPage = 8_388_608

export interface ListedRow { readonly n: number, readonly length: number }

/** As many of the rows as make one page, and where the next begins. The first fits always. */
export function cutPage<Row extends ListedRow> (rows: readonly Row[], limit: number): { page: Row[], next_cursor: string | null } {
  let length = 0
  const tooLong = rows.findIndex((row, index) => (length += row.length) > longestPage && index > 0)
  const page = rows.slice(0, tooLong === -1 ? limit : Math.min(limit, tooLong))
  return { page, next_cursor: rows.length > page.length ? String(page.at(-1)?.n) : null }
}
