import { readFront } from './front.ts'
import { readLeadIn, type LeadIn } from './lead-in.ts'
import type { Token } from './tokens.ts'

/** Words that speak for all that follows them. */
export interface Above {
  leadIn: LeadIn
  tokens: readonly Token[]
}

export const nothingAbove: Above = { leadIn: 'work', tokens: [] }

/** The words that speak for what is being read: those with a colon up to the end of their list, those of a heading up to the next. */
export class Scope {
  #sections: (Above & { level: number })[] = []
  #above: Above = nothingAbove

  /** A heading: what stands under one that asks for nothing asks for nothing either. */
  enter (level: number, tokens: readonly Token[]): void {
    this.#above = nothingAbove
    this.#sections = [...this.#sections.filter((section) => section.level < level), { level, leadIn: readLeadIn(tokens, false), tokens }]
  }

  lead (above: Above): void {
    this.#above = above
  }

  /** The list, or what the words were about, is over. */
  leave (): void {
    this.#above = nothingAbove
  }

  /** What stands above a sentence; one that is plainly asked for ("please …") stands alone. */
  over (sentence: readonly Token[]): Above {
    const { asked, negated } = readFront(sentence)
    if (asked && !negated) this.leave()
    return asked && !negated ? nothingAbove : this.current
  }

  get current (): Above {
    const outer = this.#sections.find(({ leadIn }, i) => leadIn !== 'work' && (leadIn !== 'unknown' || i === this.#sections.length - 1))
    if (this.#above.leadIn !== 'work' || !outer) return this.#above
    return outer.leadIn === 'unknown' && this.#above !== nothingAbove ? this.#above : outer
  }
}
