import type { CountTokensRequest } from './request.ts'

/** UTF-8 bytes a token stands for on average in English and JSON. There is no tokenizer here, so every count is an estimate. */
export const bytesPerToken = 4
const tokensPerMessage = 4

export function estimateTokens (text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken)
}

export function estimateInput ({ system, tools, messages }: CountTokensRequest): number {
  const parts = [system ?? '', tools ?? '', ...messages.map(({ content }) => content)]
  return messages.length * tokensPerMessage + parts.reduce<number>((sum, part) => sum + (part === '' ? 0 : estimateTokens(typeof part === 'string' ? part : JSON.stringify(part))), 0)
}
