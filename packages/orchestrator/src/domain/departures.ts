import { ownerOf, type Credential } from '@cortex/contracts'

/** Milliseconds that what counts for nothing is kept before it is deleted: an operator who made a mistake in the file of people has that long to put it right. */
export const graceOfDepartures = 3_600_000

/** Decides which sessions and tokens go for good, from looks at who is in the file of people and by which mark. Times are milliseconds of a clock that only goes forward, but `at`, which is compared with what is stored. */
export class Departures {
  readonly #grace: number
  #marks: ReadonlyMap<string, string>
  readonly #gone = new Map<string, { at: string, mark: string }>()
  /** Whose name somebody else has now, and when they were found to be gone. */
  readonly #replaced = new Map<string, string>()
  /** Since when each session or token is found to be over. */
  #over = new Map<string, number>()

  constructor (marks: ReadonlyMap<string, string>, grace = graceOfDepartures) {
    this.#marks = marks
    this.#grace = grace
  }

  /** Who is in the file now. */
  look (marks: ReadonlyMap<string, string>, at: string): void {
    for (const [name, mark] of this.#marks) if (!marks.has(name) && !this.#gone.has(name)) this.#gone.set(name, { at, mark })
    for (const [name, gone] of this.#gone) {
      const mark = marks.get(name)
      if (mark === undefined) continue
      if (mark !== gone.mark) this.#replaced.set(name, gone.at)
      this.#gone.delete(name)
    }
    this.#marks = marks
  }

  /** What is to be deleted of all there is: what has been over for the whole grace, and at once what would come to somebody else of that name. */
  ended (all: readonly Credential[], isOver: (credential: Credential) => boolean, now: number): Credential[] {
    const before = this.#over
    this.#over = new Map()
    return all.filter((each) => {
      const { id, created_at: madeAt } = each
      const owner = ownerOf(each.owner)
      if (madeAt <= (this.#replaced.get(owner) ?? '')) return true
      // What somebody of that name was given since, by the provider or the proxy alone, is not of the one who was taken out.
      if (!isOver(each) && madeAt > (this.#gone.get(owner)?.at ?? '')) return false
      const since = before.get(id) ?? now
      this.#over.set(id, since)
      return now - since >= this.#grace
    })
  }

  /** All that was to be deleted is. */
  done (): void {
    this.#replaced.clear()
  }

  /** How many sessions and tokens are kept though they count for nothing. */
  get kept (): number {
    return this.#over.size
  }

  /** When something is to be deleted next, if the file stays as it is. */
  get due (): number {
    return Math.min(...this.#over.values()) + this.#grace
  }
}
