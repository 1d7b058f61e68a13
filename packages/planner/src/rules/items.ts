import type { Item } from './blocks.ts'
import { clauseOf, splitClauses, type Clause } from './clauses.ts'
import { spaced, trim } from './drafts.ts'
import { readLabel, type Head } from './labels.ts'
import { aboutWork, readLeadIn, type LeadIn } from './lead-in.ts'
import type { Reading } from './read-clause.ts'
import type { Token } from './tokens.ts'
import { verbAtFront } from './verbs.ts'
import { asksForWork } from './withdrawals.ts'

/** What an item of a list asks for, how it stands to the one above, and what the words before a colon in it say of it; `read` reads it as one clause. */
export function readItem (item: Item, read: (clause: Clause) => Reading): { link: Clause['link'], reading: Reading, leadIn: LeadIn } {
  const label = readLabel(item.tokens)
  const said = label && !label.nominal ? label.rest : item.tokens
  const clauses = splitClauses(said)
  const [first = clauseOf(said)] = clauses
  const reading = read({ ...first, tokens: clauses.length > 1 ? said : first.tokens })
  const [own, group] = [label ? readLeadIn(label.label, false) : 'work', item.group ? readLeadIn(item.group, false) : 'work'] as const
  return { link: first.link, reading: reading.kind === 'work' && label ? { ...reading, conditions: [...label.head.conditions, ...reading.conditions] } : reading, leadIn: own === 'work' ? group : own }
}

interface Read {
  item: Item
  reading: Reading
}

/**
 * How the items of a list stand to the words above it: things that only say more about the work named there (`details`), the places of it (`places`),
 * work that these words only speak of (`unsure`), or work themselves (`work`).
 */
export function standsUnder (head: Head, tokens: readonly Token[], read: readonly Read[]): 'details' | 'places' | 'unsure' | 'work' {
  const nouns = read.every(({ reading }) => reading.kind === 'work' && reading.nominal)
  if (head.concrete && /^(?:for|in|on|to|across|at)$/.test(trim(tokens).at(-1)?.lower ?? '') && read.every(({ item, reading }) => reading.kind === 'work' ? reading.nominal : item.tokens.length <= 3)) return 'places'
  if (head.concrete && nouns) return 'details'
  const spoken = head.verb !== null && aboutWork.has(head.verb) && read.some(({ item }) => asksForWork(item.tokens) && verbAtFront(item.tokens, 0)?.length !== item.tokens.length)
  if (!spoken) return 'work'
  return head.concrete ? 'details' : 'unsure'
}

/** "Set up the ingress for: staging" */
export function withPlace (tokens: readonly Token[], item: readonly Token[]): readonly Token[] {
  return [...trim(tokens), ...spaced(item)]
}
