import { callsIn, type TranscriptEntry } from './transcript.ts'

/** What the Messages API takes back as the id of a call; the length is ours. */
const form = /^[a-zA-Z0-9_-]{1,100}$/

/**
 * Names the calls of one turn. Servers of open models count from `call_0` in each message, or give two calls one id; results are paired by these ids,
 * so one that is odd or was used before in the conversation is replaced before anybody sees it.
 */
export class CallIds {
  readonly #used: Set<string>
  readonly #prefix: string
  #next = 0

  /** @param entries of the whole conversation */
  constructor (turnId: string, entries: readonly TranscriptEntry[]) {
    this.#used = new Set(entries.flatMap(({ content }) => callsIn(content).map(({ id }) => id)))
    this.#prefix = `call_${turnId.slice(turnId.indexOf('-') + 1)}`
  }

  /** The id a call of the model's goes by; no two get the same. */
  take (given: unknown): string {
    let id = typeof given === 'string' && form.test(given) ? given : this.#own()
    while (this.#used.has(id)) id = this.#own()
    this.#used.add(id)
    return id
  }

  #own (): string {
    return `${this.#prefix}_${this.#next++}`
  }
}
