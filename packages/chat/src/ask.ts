import { usageOf, type Usage } from '@cortex/contracts'
import type { Model } from './model.ts'

export interface Question {
  readonly model: string
  readonly system: string
  readonly prompt: string
  /** Tokens of the answer. */
  readonly longest: number
  /** Milliseconds. */
  readonly patience: number
  readonly signal: AbortSignal
}

/** One question without tools and its answer as text. Throws what the SDK throws. */
export async function ask ({ client, conceal, priceOf }: Model, { model, system, prompt, longest, patience, signal }: Question): Promise<{ text: string, usage: Usage }> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patience)])
  const message = await client.messages.create({ model, max_tokens: longest, system, messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }] }, { signal: limit, maxRetries: 1 })
  return { text: message.content.map((block) => conceal.block(block)).flatMap((block) => block.type === 'text' ? [block.text] : []).join('').trim(), usage: usageOf(message.usage, priceOf(model)) }
}
