import type { Usage } from '@cortex/contracts'
import { tasksOf, type PageState } from './page-state.ts'

export interface Spent {
  readonly tokens: number
  /** US dollars, of what has a known price. */
  readonly dollars: number
  /** The price of some of it is not known, and that is not among the dollars. */
  readonly unknown: boolean
}

export const nothingSpent: Spent = { tokens: 0, dollars: 0, unknown: false }

export function addUsage (spent: Spent, usage: Usage | null): Spent {
  const tokens = usage ? usage.input_tokens + usage.output_tokens : 0
  if (!usage || tokens === 0) return spent
  return { tokens: spent.tokens + tokens, dollars: spent.dollars + usage.cost_usd, unknown: spent.unknown || usage.priced === false }
}

/** What the replies and the tasks of the open conversation used. The rules use nothing anybody pays for. */
export function spentOf (state: PageState): Spent {
  let spent = nothingSpent
  if (state.planner?.kind !== 'rules') for (const { usage } of state.conversation?.messages ?? []) spent = addUsage(spent, usage)
  for (const { usage } of tasksOf(state).values()) spent = addUsage(spent, usage)
  return spent
}
