import type { LeaseSession } from './lease-session.ts'

/** Why a change set is being taken back. `moved`: targets that were changed by others. */
export interface Failure { code: string, message: string, retryable: boolean, moved?: string[] }

/** Whose word lets a change set be carried out, in a line and as evidence. */
export interface Authority { by: string, claim: string }

interface Content {
  plan_hash: string
  /** Under which it was begun. Missing in one of an earlier version. */
  authority?: Authority | null
  /** Toolkits whose changes may have been made. */
  begun: string[]
  /** Toolkits that said they had made them all; missing in one of an earlier version. */
  applied?: string[]
  notes: Record<string, Record<string, string>>
  failure: Failure | null
  /** Another task of the batch that made the steps of this change set, by name; missing where none is known. */
  maker?: string
}

/** How far the application of one change set has come, as the journal holds it, so that whoever goes on with it knows. */
export class ApplyRecord {
  readonly #session: LeaseSession
  #content: Content

  constructor (session: LeaseSession, planHash: string) {
    this.#session = session
    const earlier = session.lease.journal.find(({ key }) => key === 'apply')?.value as Content | undefined
    this.#content = earlier?.plan_hash === planHash ? earlier : { plan_hash: planHash, authority: null, begun: [], notes: {}, failure: null }
  }

  get failure (): Failure | null {
    return this.#content.failure
  }

  /** Under which a run before this one changed something; null when none did. */
  get authority (): Authority | null {
    return this.#content.begun.length > 0 ? this.#content.authority ?? null : null
  }

  get maker (): string | null {
    return this.#content.maker ?? null
  }

  hasBegun (toolkit: string): boolean {
    return this.#content.begun.includes(toolkit)
  }

  hasApplied (toolkit: string): boolean {
    return this.#content.applied?.includes(toolkit) ?? false
  }

  notes (toolkit: string): ReadonlyMap<string, string> {
    return new Map(Object.entries(this.#content.notes[toolkit] ?? {}))
  }

  async begin (toolkit: string, authority: Authority): Promise<void> {
    if (this.hasBegun(toolkit)) return
    await this.#store({ ...this.#content, authority, begun: [...this.#content.begun, toolkit] })
  }

  async apply (toolkit: string): Promise<void> {
    if (this.hasApplied(toolkit)) return
    await this.#store({ ...this.#content, applied: [...this.#content.applied ?? [], toolkit] })
  }

  async note (toolkit: string, target: string, state: string): Promise<void> {
    await this.#store({ ...this.#content, notes: { ...this.#content.notes, [toolkit]: { ...this.#content.notes[toolkit], [target]: state } } })
  }

  async leaveTo (maker: string): Promise<void> {
    await this.#store({ ...this.#content, maker })
  }

  async fail (failure: Failure): Promise<void> {
    await this.#store({ ...this.#content, failure })
  }

  /** Nothing of the change set stands any more. What was made and taken back is not made a second time, so then its failure is kept. */
  async clear (failure: Failure | null): Promise<void> {
    await this.#store({ ...this.#content, authority: null, begun: [], applied: [], notes: {}, failure })
  }

  async #store (content: Content): Promise<void> {
    this.#content = content
    await this.#session.journal({ apply: content })
  }
}
