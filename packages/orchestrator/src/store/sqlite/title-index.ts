import type { ListedRow } from '../page.ts'
import type { Database } from './database.ts'

/** Titles put into the index in one transaction: some 2 ms. */
const perRound = 100
/** Titles that may wait for the index while there is other work: they are looked through one by one, 20,000 in some 5 ms. */
const mostWaiting = 20_000
/** Shorter text has no trigram; it is looked for among this many of the newest tasks, as is any text among those that wait when there are more. */
const newestLookedThrough = 50_000

/** Trigrams of a text that are looked at for how common they are, and how many titles with one the look goes through. */
const mostProbed = 8
const probeDepth = 100

export const listedColumns = 't.n, octet_length(t.fixed) + octet_length(t.state) AS length'

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
      WHERE titles MATCH ? AND ${title} LIKE ? ESCAPE '\\' AND ${conditions} ORDER BY titles.rowid DESC LIMIT ?`, this.#tellingOf(text, head), like, ...values, limit - waiting.length)
    const byId = this.#db.all<ListedRow>(`SELECT ${listedColumns} FROM tasks t WHERE id = ? AND n <= ? AND ${conditions}`, text, head, ...values)
    return [...waiting, ...indexed, ...byId]
  }

  /**
   * Its trigrams less those that say little: each adds the list of all titles that hold it to what is gone through, and each that goes lets titles through
   * that hold the others and not the text, which are read. Of 100,000: “cluster 4711” in 0.5 against 2.8 ms.
   */
  #tellingOf (text: string, head: number): string {
    const probed = trigramsOf(text).map((trigram) => {
      const reach = this.#db.one<{ n: number }>('SELECT rowid AS n FROM titles WHERE titles MATCH ? ORDER BY rowid DESC LIMIT 1 OFFSET ?', trigram, probeDepth)?.n ?? 0
      return { trigram, apart: (head - reach) / probeDepth }
    }).sort((a, b) => b.apart - a.apart)
    const rarest = probed[0]?.apart ?? 0
    return probed.filter(({ apart }, index) => index < 2 || (apart > 3 && apart > rarest / 20)).map(({ trigram }) => trigram).join(' AND ')
  }

  #newest (): number {
    return this.#db.one<{ n: number | null }>('SELECT max(n) AS n FROM tasks')?.n ?? 0
  }

  #head (): number {
    return this.#db.one<{ n: number }>('SELECT n FROM titles_head')?.n ?? 0
  }
}

/** Parts of three letters from all over the text. */
function trigramsOf (text: string): string[] {
  const letters = [...text]
  const last = letters.length - 3
  const step = Math.max(3, Math.ceil(last / (mostProbed - 1)))
  const starts = new Set([...Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step), last])
  return [...starts].map((start) => `"${letters.slice(start, start + 3).join('').replaceAll('"', '""')}"`)
}
