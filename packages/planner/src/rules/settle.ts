import type { Priority } from '@cortex/contracts'
import { findDrafts, link } from './dependencies.ts'
import type { Draft } from './drafts.ts'
import type { Relation } from './relations.ts'
import type { Token } from './tokens.ts'

/** What a message says of its tasks in words of their own. */
export interface Said {
  relations: readonly Relation[]
  /** Urgency with the words it is about; without, it is of all. */
  urgencies: readonly { priority: Priority, about: readonly Token[] }[]
  /** Work that is to come before all other: "scan the repository first". */
  first: readonly Draft[]
  /** "In this order". */
  ordered: boolean
}

/** Applies what was said about order and urgency once all tasks are known. */
export function settle (drafts: readonly Draft[], { relations, urgencies, first, ordered }: Said): void {
  for (const { later, earlier } of relations) {
    for (const draft of findDrafts(null, later, drafts)) for (const other of findDrafts(draft, earlier, drafts)) link(draft, other)
  }
  if (ordered) chain(drafts)
  for (const draft of drafts) for (const other of first) link(draft, other)
  for (const { priority, about } of urgencies) {
    const meant = about.length === 0 ? [] : findDrafts(null, about, drafts)
    for (const draft of meant) draft.priority = priority
    if (meant.length === 0) for (const draft of drafts) draft.priority ??= priority
  }
}

/** Each waits for the one before. */
export function chain (drafts: readonly Draft[]): void {
  for (const [i, draft] of drafts.entries()) {
    const before = drafts[i - 1]
    if (before) link(draft, before)
  }
}
