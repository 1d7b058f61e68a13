import { Type, type Static } from '@sinclair/typebox'
import { Usage } from './task.ts'

/** What the operator's limits say of a task, its batch and its conversation. */
export const BudgetState = Type.Object({
  spent: Type.Union([Type.String(), Type.Null()], { description: 'Which limit is reached and what to raise, in words: the model is not asked again' }),
  in_usd: Type.Boolean({ description: 'A limit is in US dollars, so a model whose prices are not known is not asked' })
})
export type BudgetState = Static<typeof BudgetState>

/** What one turn of the chat used, all its rounds together. */
export const TurnUsage = Type.Object({ turn_id: Type.String({ minLength: 1, maxLength: 200 }), usage: Usage }, { additionalProperties: false })
export type TurnUsage = Static<typeof TurnUsage>
