import { SignInBusy, SignInThrottled } from '../errors.ts'

/** Tries before waiting begins: of one name from one address, of one address, of one name from anywhere. */
const allowed = { pair: 5, address: 20, name: 50 } as const
/** The first wait, doubled with each further try, and the longest. Milliseconds. */
const firstWait = 30_000
const longestWait = 900_000
const mostKept = 20_000
/** Passwords that may wait to be checked. One is checked at a time: each takes memory and a core. */
const longestQueue = 20

interface Tries { count: number, until: number, last: number }

/** Keeps passwords from being guessed. A try counts before it is checked, so that many at once gain nothing. Each replica counts by itself. */
export class Throttle {
  readonly #tries = new Map<string, Tries>()
  #tail: Promise<unknown> = Promise.resolve()
  #queued = 0

  /**
   * Checks one password, when it is its turn.
   * @throws CTX_SIGN_IN_THROTTLED, CTX_SIGN_IN_BUSY
   */
  async check (name: string, address: string, isRight: () => Promise<boolean>): Promise<boolean> {
    const now = performance.now()
    const keys = [['pair', `pair ${address} ${name}`], ['address', `address ${address}`], ['name', `name ${name}`]] as const
    const wait = Math.max(...keys.map(([, key]) => (this.#tries.get(key)?.until ?? 0) - now))
    if (wait > 0) throw new SignInThrottled(Math.ceil(wait / 1_000))
    if (this.#queued >= longestQueue) throw new SignInBusy()
    const before = this.#tries.get(`address ${address}`)
    for (const [kind, key] of keys) this.#count(key, allowed[kind], now)
    const counted = this.#tries.get(`address ${address}`)
    this.#queued++
    const checking = this.#tail.then(isRight)
    this.#tail = checking.catch(() => {})
    try {
      const right = await checking
      if (!right) return false
      for (const [kind, key] of keys) if (kind !== 'address') this.#tries.delete(key)
      // The address gets this try back and no other: a right password among many wrong ones may be the guesser's own.
      this.#giveBack(`address ${address}`, counted, before)
      return true
    } finally {
      this.#queued--
    }
  }

  /** As if this try had not been; where others tried meanwhile, theirs decide how long to wait. */
  #giveBack (key: string, counted: Tries | undefined, before: Tries | undefined): void {
    const tries = this.#tries.get(key)
    if (!tries) return
    tries.count--
    if (tries.count <= 0) this.#tries.delete(key)
    else if (tries.count < allowed.address) tries.until = 0
    else if (tries === counted && before) tries.until = before.until
    if (tries === counted && before) tries.last = before.last
  }

  #count (key: string, most: number, now: number): void {
    const before = this.#tries.get(key)
    const count = before && now - before.last < longestWait ? before.count + 1 : 1
    this.#tries.delete(key)
    this.#tries.set(key, { count, last: now, until: count < most ? 0 : now + Math.min(longestWait, firstWait * 2 ** (count - most)) })
    const [oldest] = this.#tries.keys()
    if (this.#tries.size > mostKept && oldest !== undefined) this.#tries.delete(oldest)
  }
}
