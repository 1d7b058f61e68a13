import type { LeaseSession } from './lease-session.ts'

/** Why a change set is being taken back. `moved`: targets that were changed by others. */
export interface Failure { code: string, message: string, retryable: boolean, moved?: string[] }

interface Content {
  plan_hash: string
  /** Toolkits whose changes may have been made. */
  begun: string[]
  notes: Record<string, Record<string, string>>
  failure: Failure | null
}

/** How far the application of one change set has come, as the journal holds it, so that whoever goes on with it knows. */
export class ApplyRecord {
  readonly #session: LeaseSession
  #content: Content

  constructor (session: LeaseSession, planHash: string) {
    this.#session = session
    const earlier = session.lease.journal.find(({ key }) => key === 'apply')?.value as Content | undefined
    this.#content = earlier?.plan_hash === planHash ? earlier : { plan_hash: planHash, begun: [], notes: {}, failure: null }
  }

  get failure (): Failure | null {
    return this.#content.failure
  }

  hasBegun (toolkit: string): boolean {
    return this.#content.begun.includes(toolkit)
  }

  notes (toolkit: string): ReadonlyMap<string, string> {
    return new Map(Object.entries(this.#content.notes[toolkit] ?? {}))
  }

  async begin (toolkit: string): Promise<void> {
    if (this.hasBegun(toolkit)) return
    await this.#store({ ...this.#content, begun: [...this.#content.begun, toolkit] })
  }

  async note (toolkit: string, target: string, state: string): Promise<void> {
    await this.#store({ ...this.#content, notes: { ...this.#content.notes, [toolkit]: { ...this.#content.notes[toolkit], [target]: state } } })
  }

  async fail (failure: Failure): Promise<void> {
    await this.#store({ ...this.#content, failure })
  }

  /** Nothing of the change set stands any more. */
  async clear (): Promise<void> {
    await this.#store({ ...this.#content, begun: [], notes: {}, failure: null })
  }

  async #store (content: Content): Promise<void> {
    this.#content = content
    await this.#session.journal({ apply: content })
  }
}
