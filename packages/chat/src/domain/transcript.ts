import type { ContentBlock, Message, Usage } from '@cortex/contracts'
import type { ContentBlockParam, MessageParam, StopReason, ToolResultBlockParam, ToolUseBlockParam } from '@anthropic-ai/sdk/resources/messages'

/** One answer of the model to a person or to a finished batch, with as many rounds and calls as it takes. */
export interface Turn {
  readonly id: string
  /** The assistant message that shows it. */
  readonly messageId: string
  readonly kind: Message['kind']
  readonly state: 'queued' | 'running' | 'done'
  /** What the model is told at its start. */
  readonly prompt: string
  readonly requestedBy: string
  /** What a model is told before the prompt and the page does not show; the rules would take it for a request. */
  readonly note?: string
  readonly batchId: string
  /** How often it was taken up again after the process had ended in the middle of it. */
  readonly resumes: number
  readonly usage: Usage
  /** The trace it was asked for in, as W3C Trace Context has it. */
  readonly traceparent?: string
}

/** A message as the API sent or gets it, word by word: thinking signatures bind it. */
export interface TranscriptEntry {
  readonly turnId: string
  /** Place within its turn, from 0. */
  readonly position: number
  readonly role: 'user' | 'assistant'
  readonly content: readonly ContentBlockParam[]
  /** Why the model ended; null while its message is not whole, and for entries of the user. */
  readonly stopReason: StopReason | null
  /** The model that wrote it: thinking is sent back to no other. */
  readonly model?: string
}

/** What stands for the oldest turns when all of them are more than the model reads. */
export interface Digest {
  /** The turns it covers. */
  readonly turnIds: readonly string[]
  readonly text: string
}

export function callsIn (content: readonly ContentBlockParam[]): ToolUseBlockParam[] {
  return content.filter((block) => block.type === 'tool_use')
}

/**
 * The messages to send to a model. Neighbours of one role become one message, so results stand before the text that followed them, and
 * every call has its result even where a turn ended between the two. Thinking is signed for the model that thought it.
 */
export function toMessages (entries: readonly TranscriptEntry[], digest: Digest | null, model: string): MessageParam[] {
  const messages: Array<{ role: 'user' | 'assistant', content: ContentBlockParam[] }> = []
  if (digest) push('user', [{ type: 'text', text: `[The oldest turns of this conversation, summed up:]\n${digest.text}` }])
  for (const [index, entry] of entries.entries()) {
    push(entry.role, entry.model === undefined || entry.model === model ? entry.content : entry.content.filter((block) => !isThinking(block)))
    const calls = callsIn(entry.content)
    const next = entries[index + 1]
    const answered = new Set(next?.content.flatMap((block) => block.type === 'tool_result' ? [block.tool_use_id] : []))
    const open = calls.filter(({ id }) => !answered.has(id))
    if (open.length > 0) push('user', open.map(({ id }) => lostResult(id)))
  }
  return messages

  function push (role: 'user' | 'assistant', content: readonly ContentBlockParam[]): void {
    const last = messages.at(-1)
    if (last?.role === role) last.content.push(...content)
    else if (content.length > 0) messages.push({ role, content: [...content] })
  }
}

function isThinking ({ type }: ContentBlockParam): boolean {
  return type === 'thinking' || type === 'redacted_thinking'
}

/** Nothing for a person: no call, no word. The API refuses such a message when it comes back. */
export function saysNothing (content: readonly ContentBlockParam[]): boolean {
  return content.every((block) => isThinking(block) || (block.type === 'text' && !block.text.trim()))
}

/** What the model reads in place of a result nobody has. */
export function lostResult (callId: string): ToolResultBlockParam {
  return { type: 'tool_result', tool_use_id: callId, is_error: true, content: 'The reply was ended before this call answered. Whether it took effect is not known; read the tasks before you repeat it.' }
}

/**
 * The page's view of a turn's entries. Results are not in the model's words but in the page's, so they are taken over from what the page
 * had by call id.
 */
export function toPageContent (entries: readonly TranscriptEntry[], shown: readonly ContentBlock[]): ContentBlock[] {
  const calls = new Map(shown.flatMap((block) => block.type === 'tool_call' ? [[block.id, block] as const] : []))
  return entries.filter(({ role }) => role === 'assistant').flatMap(({ content }) => content).flatMap((block): ContentBlock[] => {
    switch (block.type) {
      case 'text': return block.text ? [{ type: 'text', text: block.text }] : []
      case 'thinking': return block.thinking ? [{ type: 'reasoning', text: block.thinking }] : []
      case 'tool_use': return [calls.get(block.id) ?? { type: 'tool_call', id: block.id, name: block.name, input: block.input, status: 'running', output: null }]
      default: return []
    }
  })
}

/** Characters of JSON for one token, on the careful side for English and YAML. */
export const charactersPerToken = 3

export function estimateTokens (json: string): number {
  return Math.ceil(json.length / charactersPerToken)
}
