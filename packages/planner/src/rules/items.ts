import type { Item } from './blocks.ts'
import { clauseOf, splitClauses, type Clause } from './clauses.ts'
import { readLabel } from './labels.ts'
import type { Reading } from './read-clause.ts'

/** What an item of a list asks for, and how it stands to the one above; `read` reads it as one clause. */
export function readItem (item: Item, read: (clause: Clause) => Reading): { link: Clause['link'], reading: Reading } {
  const label = readLabel(item.tokens)
  const said = label && !label.nominal ? label.rest : item.tokens
  const clauses = splitClauses(said)
  const [first = clauseOf(said)] = clauses
  const reading = read({ ...first, tokens: clauses.length > 1 ? said : first.tokens })
  return { link: first.link, reading: reading.kind === 'work' && label ? { ...reading, conditions: [...label.head.conditions, ...reading.conditions] } : reading }
}
