import { nothingUsed, type Task, type Usage } from '@cortex/contracts'

/** What may be used; null is no limit. */
export interface Limit {
  readonly usd: number | null
  readonly tokens: number | null
}

export const budgetScopes = ['task', 'batch', 'conversation'] as const
export type BudgetScope = typeof budgetScopes[number]
export type Budget = Readonly<Record<BudgetScope, Limit>>
export type Spent = Readonly<Record<BudgetScope, Usage | null>>

const noLimit: Limit = { usd: null, tokens: null }
export const noBudget: Budget = { task: noLimit, batch: noLimit, conversation: noLimit }

/** The limits that concern a task: it may have no batch and no conversation. */
export function limitsOn (budget: Budget, { batch_id: batch, conversation_id: conversation }: Task): Budget {
  return { task: budget.task, batch: batch === null ? noLimit : budget.batch, conversation: conversation === null ? noLimit : budget.conversation }
}

/** Which limit is reached, and what to do about it, in words; null while there is room. */
export function limitReached (budget: Budget, spent: Spent): string | null {
  for (const scope of budgetScopes) {
    const { usd, tokens } = budget[scope]
    const used = spent[scope] ?? nothingUsed
    const setting = `CORTEX_BUDGET_${scope.toUpperCase()}`
    if (usd !== null && used.cost_usd >= usd) return describe(scope, `$${used.cost_usd.toFixed(2)}`, `$${usd}`, `${setting}_USD`)
    const total = used.input_tokens + used.output_tokens
    if (tokens !== null && total >= tokens) return describe(scope, `${total} tokens`, `${tokens}`, `${setting}_TOKENS`)
  }
  return null
}

function describe (scope: BudgetScope, used: string, limit: string, setting: string): string {
  return `the ${scope} has used ${used} of the ${limit} it may; raise ${setting}, start Cortex again and retry the task`
}
