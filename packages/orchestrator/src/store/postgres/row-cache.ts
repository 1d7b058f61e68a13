export interface Wanted { readonly kind: string, readonly key: string }

/** What a verb asked for and has not been fetched yet. A signal and no error: a stack trace for each would cost more than the verb. */
export class NotFetched {
  readonly wanted: readonly Wanted[]

  constructor (wanted: readonly Wanted[]) {
    this.wanted = wanted
  }
}

/**
 * Looks each of them up, and asks for all that is not at hand in one go.
 * @throws NotFetched
 */
export function lookUpEach<Item, Found> (items: readonly Item[], lookUp: (item: Item) => Found): Found[] {
  const wanted: Wanted[] = []
  const found = items.flatMap((item) => {
    try {
      return [lookUp(item)]
    } catch (error) {
      if (!(error instanceof NotFetched)) throw error
      wanted.push(...error.wanted)
      return []
    }
  })
  if (wanted.length > 0) throw new NotFetched(wanted)
  return found
}

/** Takes back what an operation did to the caches, newest first. */
export class UndoLog {
  readonly #steps: Array<() => void> = []

  get mark (): number {
    return this.#steps.length
  }

  add (step: () => void): void {
    this.#steps.push(step)
  }

  rollback (mark: number): void {
    while (this.#steps.length > mark) this.#steps.pop()?.()
  }
}

/** Values by key, as far as they were fetched, with what the transaction has made of them. */
export class RowCache<Value> {
  readonly #kind: string
  readonly #undo: UndoLog
  readonly #kept: ReadonlyMap<string, Value> | undefined
  readonly #values = new Map<string, Value>()
  /** Keys the transaction wrote, in the order of their first write. */
  readonly #written = new Set<string>()

  /** @param kept what was fetched or written by earlier transactions and still holds */
  constructor (kind: string, undo: UndoLog, kept?: ReadonlyMap<string, Value>) {
    this.#kind = kind
    this.#undo = undo
    this.#kept = kept
  }

  /** @throws NotFetched */
  get (key: string): Value {
    const value = this.#values.has(key) ? this.#values.get(key) : this.#kept?.get(key)
    if (value === undefined) throw new NotFetched([{ kind: this.#kind, key }])
    return value
  }

  has (key: string): boolean {
    return this.#values.has(key) || (this.#kept?.has(key) ?? false)
  }

  /** What lies in the database. What the transaction has made of it since counts more. */
  fetched (key: string, value: Value): void {
    if (!this.has(key)) this.#values.set(key, value)
  }

  write (key: string, value: Value): void {
    const before = this.#values.get(key)
    const first = !this.#written.has(key)
    this.#values.set(key, value)
    this.#written.add(key)
    this.#undo.add(() => {
      if (before === undefined) this.#values.delete(key)
      else this.#values.set(key, before)
      if (first) this.#written.delete(key)
    })
  }

  /** Everything this transaction fetched or wrote. */
  entries (): Iterable<[key: string, value: Value]> {
    return this.#values.entries()
  }

  written (): Array<[key: string, value: Value]> {
    return [...this.#written].map((key) => [key, this.get(key)])
  }
}

/** What the transaction adds, in order. */
export class Additions<Value> {
  readonly #undo: UndoLog
  readonly values: Value[] = []

  constructor (undo: UndoLog) {
    this.#undo = undo
  }

  add (...values: readonly Value[]): void {
    const { length } = this.values
    this.values.push(...values)
    this.#undo.add(() => { this.values.length = length })
  }
}
