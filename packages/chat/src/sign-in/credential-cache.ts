import type { Credential } from '@cortex/contracts'
import { OrchestratorUnreachable } from '../errors.ts'
import type { OrchestratorClient } from '../orchestrator-client.ts'

/** How long an answer of the orchestrator is taken for current: what is revoked elsewhere counts here after this. Milliseconds. */
const fresh = 2_000
/** How long it serves while the orchestrator is away, as when it restarts. Milliseconds. */
const stale = 60_000
const mostKept = 5_000

/** What the orchestrator knows of sessions and tokens, asked anew every two seconds of use. */
export class CredentialCache {
  readonly #orchestrator: OrchestratorClient
  readonly #known = new Map<string, { credential: Credential | null, at: number }>()

  constructor (orchestrator: OrchestratorClient) {
    this.#orchestrator = orchestrator
  }

  /** @throws CTX_ORCHESTRATOR_UNREACHABLE */
  async find (hash: string): Promise<Credential | null> {
    const known = this.#known.get(hash)
    const age = known ? performance.now() - known.at : Infinity
    if (known && age < fresh) return known.credential
    try {
      const credential = await this.#orchestrator.findCredential(hash)
      this.#keep(hash, credential)
      return credential
    } catch (error) {
      if (!(error instanceof OrchestratorUnreachable) || !known?.credential || age > stale || known.credential.expires_at <= new Date().toISOString()) throw error
      return known.credential
    }
  }

  /** Something was revoked here. */
  forget (): void {
    this.#known.clear()
  }

  #keep (hash: string, credential: Credential | null): void {
    this.#known.delete(hash)
    this.#known.set(hash, { credential, at: performance.now() })
    const [oldest] = this.#known.keys()
    if (this.#known.size > mostKept && oldest !== undefined) this.#known.delete(oldest)
  }
}
