import type Anthropic from '@anthropic-ai/sdk'
import type { BilledTokens } from '@cortex/contracts'

/** As a server of the Messages API may leave it: without a usage, or with nothing in its fields. */
type Said = { [Field in keyof Anthropic.Usage]?: Anthropic.Usage[Field] | null } | null | undefined

/** Characters of one token where a server does not count them. */
const perToken = 4

/**
 * What one reply used. A server that says nothing of it does not get round a limit: what it leaves out is estimated from the characters that went there and back.
 * @param sent characters of the request
 */
export function tokensOf (said: Said, sent: number, content: Anthropic.ContentBlock[]): { tokens: BilledTokens, isEstimated: boolean } {
  const { input_tokens: input, output_tokens: output, cache_creation_input_tokens: written, cache_read_input_tokens: read } = said ?? {}
  const isRead = typeof input === 'number' && input + (written ?? 0) + (read ?? 0) > 0
  const isWritten = typeof output === 'number' && output > 0
  return {
    tokens: {
      input_tokens: isRead ? input : Math.ceil(sent / perToken),
      output_tokens: isWritten ? output : Math.ceil(JSON.stringify(content).length / perToken),
      cache_creation_input_tokens: written ?? 0,
      cache_read_input_tokens: read ?? 0
    },
    isEstimated: !isRead || !isWritten
  }
}
