import { Type, type Static } from '@sinclair/typebox'
import type { Usage } from './task.ts'

const Dollars = Type.Number({ minimum: 0, maximum: 1_000_000 })

/** US dollars for a million tokens. */
export const ModelPrice = Type.Object({
  input: Dollars,
  output: Dollars,
  cache_read: Dollars,
  cache_write: Dollars
}, { additionalProperties: false })
export type ModelPrice = Static<typeof ModelPrice>

/** Prices by the id a model is asked for. */
export const Prices = Type.Object({ models: Type.Record(Type.String({ minLength: 1, maxLength: 200 }), ModelPrice) }, { additionalProperties: false })
export type Prices = Static<typeof Prices>

/** Tokens as the Messages API counts them: those of the cache are not among `input_tokens`. */
export interface BilledTokens {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cache_read_input_tokens?: number | null
  readonly cache_creation_input_tokens?: number | null
}

export const nothingUsed: Usage = { input_tokens: 0, output_tokens: 0, cost_usd: 0 }

/** What a reply used. Tokens of the cache count as read. */
export function usageOf (billed: BilledTokens, price: ModelPrice | undefined): Usage {
  const { input_tokens: input, output_tokens: output, cache_read_input_tokens: read, cache_creation_input_tokens: written } = billed
  const used = { input_tokens: input + (written ?? 0) + (read ?? 0), output_tokens: output, cost_usd: costOf(billed, price) }
  return { ...used, ...(!price && used.input_tokens + used.output_tokens > 0 && { priced: false as const }) }
}

export function addUsage (a: Usage, b: Usage): Usage {
  return {
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    cost_usd: a.cost_usd + b.cost_usd,
    ...((a.priced === false || b.priced === false) && { priced: false as const })
  }
}

/** US dollars. A model whose prices are not known costs nothing that could be counted. */
export function costOf ({ input_tokens: input, output_tokens: output, cache_read_input_tokens: read, cache_creation_input_tokens: written }: BilledTokens, price: ModelPrice | undefined): number {
  return price ? (input * price.input + output * price.output + (read ?? 0) * price.cache_read + (written ?? 0) * price.cache_write) / 1_000_000 : 0
}
