import type { ListedRow } from '../page.ts'
import type { Database } from './database.ts'

/** Titles put into the index in one transaction: some 2 ms. */
const perRound = 100
/** Titles that may wait for the index while there is other work: they are looked through one by one, 20,000 in some 5 ms. */
const mostWaiting = 20_000
/** Shorter text has no trigram; it is looked for among this many of the newest tasks, as is any text among those that wait when there are more. */
const newestLookedThrough = 50_000

export const listedColumns = 't.n, t.id, length(t.fixed) + length(t.state) AS length'

/**
 * Finds tasks by a part of their title, by its trigrams: going through a million titles takes 250 ms. Titles are put into the index when nothing
 * else is to be done, because doing so within each create took a twelfth of it (17 of 220 µs, in groups of 24).
 */
export class TitleIndex {
  readonly #db: Database

  constructor (db: Database) {
    this.#db = db
  }

  /** Whether it is time to go on, within a transaction of the writing connection. */
  isBehind (idle: boolean): boolean {
    return this.#newest() - this.#head() > (idle ? 0 : mostWaiting)
  }

  goOn (): void {
    const head = this.#head()
    const titles = this.#db.all<{ n: number, title: string }>('SELECT n, title FROM tasks WHERE n > ? ORDER BY n LIMIT ?', head, perRound)
    for (const { n, title } of titles) this.#db.run('INSERT INTO titles (rowid, title) VALUES (?, ?)', n, title)
    this.#db.run('UPDATE titles_head SET n = ?', titles.at(-1)?.n ?? this.#newest())
  }

  remove (n: number): void {
    if (n <= this.#head()) this.#db.run('DELETE FROM titles WHERE rowid = ?', n)
  }

  /**
   * Newest first.
   * @param conditions what else must be true of a row of `tasks t`
   */
  find (text: string, conditions: string, values: readonly string[], limit: number): ListedRow[] {
    // LIKE knows large and small of ASCII alone; calling back for each title takes four times as long (20,000 in 58 against 15 ms).
    const [title, like] = [text.length === Buffer.byteLength(text) ? 't.title' : 'lower_case(t.title)', `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`]
    const head = this.#head()
    const newest = this.#newest() - newestLookedThrough
    const isShort = [...text].length < 3
    const waiting = this.#db.all<ListedRow>(`SELECT ${listedColumns} FROM tasks t WHERE n > ? AND (${title} LIKE ? ESCAPE '\\' OR id = ?) AND ${conditions} ORDER BY n DESC LIMIT ?`,
      isShort ? newest : Math.max(head, newest), like, text, ...values, limit)
    if (isShort || waiting.length === limit) return waiting
    // In the order of the index: what is common is found among the newest, what is rare is short to go through.
    const indexed = this.#db.all<ListedRow>(`SELECT ${listedColumns} FROM titles CROSS JOIN tasks t ON t.n = titles.rowid
      WHERE titles MATCH ? AND ${title} LIKE ? ESCAPE '\\' AND ${conditions} ORDER BY titles.rowid DESC LIMIT ?`, trigramsOf(text), like, ...values, limit - waiting.length)
    const byId = this.#db.all<ListedRow>(`SELECT ${listedColumns} FROM tasks t WHERE id = ? AND n <= ? AND ${conditions}`, text, head, ...values)
    return [...waiting, ...indexed, ...byId]
  }

  #newest (): number {
    return this.#db.one<{ n: number | null }>('SELECT max(n) AS n FROM tasks')?.n ?? 0
  }

  #head (): number {
    return this.#db.one<{ n: number }>('SELECT n FROM titles_head')?.n ?? 0
  }
}

/**
 * Titles that hold the text cut into threes, in any order: few more than those that hold the text. Every three letters in a row would find
 * fewer still, but each list of titles to go through costs the same again.
 */
function trigramsOf (text: string): string {
  const letters = [...text]
  const last = letters.length - 3
  const starts = new Set([...Array.from({ length: Math.floor(letters.length / 3) }, (_, index) => index * 3), last])
  return [...starts].map((start) => `"${letters.slice(start, start + 3).join('').replaceAll('"', '""')}"`).join(' AND ')
}
