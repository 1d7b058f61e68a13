import type { Claim } from './conversation-store.ts'

/** Claims where no other process can stand on the store: they end with this one. */
export class ProcessClaims {
  readonly #held = new Map<string, Claim>()

  claim (name: string): Claim | null {
    if (this.#held.has(name)) return null
    const claim: Claim = { name, signal: new AbortController().signal, release: async () => { if (this.#held.get(name) === claim) this.#held.delete(name) } }
    this.#held.set(name, claim)
    return claim
  }
}
