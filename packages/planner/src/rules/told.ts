import { isPleasantry, type Aside } from './asides.ts'
import { trim } from './drafts.ts'
import type { Remark } from './remarks.ts'
import { render, type Token } from './tokens.ts'

/** What a message says beside the work, always in the person's own words. */
export class Told {
  readonly remarks: Remark[] = []
  /** Statements and prohibitions: every worker must know them. */
  readonly notes: string[] = []
  /** Parts that were read as no work. */
  readonly asides: Aside[] = []
  /** Titles of what was asked for and then taken back. */
  readonly takenBack: string[] = []
  /** The sentence that is being read, as it was written. */
  sentence = ''

  readonly #message: string

  constructor (message: string) {
    this.#message = message.replaceAll('**', '').replace(/\s+/g, ' ')
  }

  /** The words as they stand in the message; where a correction has changed them, the sentence they come from. */
  quote (tokens: readonly Token[]): string {
    const words = render(trim(tokens))
    return this.#message.includes(words) || this.sentence === '' ? words : this.sentence
  }

  aside (kind: Aside['kind'], tokens: readonly Token[]): void {
    const words = this.quote(tokens)
    if (!isPleasantry(words) && !this.asides.some((aside) => aside.kind === kind && aside.words === words)) this.asides.push({ kind, words })
  }

  /** `parts`: what stands in a list under these words. */
  note (tokens: readonly Token[], parts: readonly (readonly Token[])[] = []): void {
    this.notes.push(`${[this.quote(tokens), parts.map((part) => this.quote(part)).join('; ')].filter(Boolean).join(': ')}.`)
  }
}
