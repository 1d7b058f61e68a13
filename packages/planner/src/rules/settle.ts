import type { Priority } from '@cortex/contracts'
import { findDrafts, link } from './dependencies.ts'
import type { Draft } from './drafts.ts'
import type { Relation } from './relations.ts'
import type { Token } from './tokens.ts'

/** What a message says of its tasks in words of their own, and what comes of it once all tasks are known. */
export class Order {
  readonly relations: Relation[] = []
  /** Urgency with the words it is about; without, it is of all. */
  readonly urgencies: { priority: Priority, about: readonly Token[] }[] = []
  /** Work that is to come before all other: "scan the repository first". */
  readonly first: Draft[] = []
  /** "In this order". */
  ordered = false

  /** "…, but scan it first": before what was named; where nothing was, before all that comes. */
  putFirst (made: readonly Draft[], others: readonly Draft[]): void {
    for (const draft of made) for (const later of others) link(later, draft)
    if (others.length === 0) this.first.push(...made)
  }

  settle (drafts: readonly Draft[]): void {
    for (const { later, earlier } of this.relations) {
      for (const draft of findDrafts(null, later, drafts)) for (const other of findDrafts(draft, earlier, drafts)) link(draft, other)
    }
    if (this.ordered) chain(drafts)
    for (const draft of drafts) for (const other of this.first) link(draft, other)
    for (const { priority, about } of this.urgencies) {
      const meant = about.length === 0 ? [] : findDrafts(null, about, drafts)
      for (const draft of meant) draft.priority = priority
      if (meant.length === 0) for (const draft of drafts) draft.priority ??= priority
    }
  }
}

/** Each waits for the one before. */
export function chain (drafts: readonly Draft[]): void {
  for (const [i, draft] of drafts.entries()) {
    const before = drafts[i - 1]
    if (before) link(draft, before)
  }
}
