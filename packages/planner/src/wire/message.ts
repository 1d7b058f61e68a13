import { randomInt } from 'node:crypto'
import type { Reply } from '../rules/transcript.ts'
import type { MessagesRequest } from './request.ts'
import { bytesPerToken, estimateInput, estimateTokens } from './tokens.ts'

export type StopReason = 'end_turn' | 'tool_use' | 'max_tokens' | 'stop_sequence'

export type Block =
  | { type: 'text', text: string }
  /** `json` is what is streamed. Where the limit cut it, it is not valid JSON and the call must not be run. */
  | { type: 'tool_use', id: string, name: string, json: string, input: object }

export interface Message {
  id: string
  model: string
  blocks: readonly Block[]
  stopReason: StopReason
  stopSequence: string | null
  inputTokens: number
  outputTokens: number
}

/** Puts the reply into the form, and under the limits, that the request asks for. */
export function composeMessage (request: MessagesRequest, reply: Reply): Message {
  const cut = cutAtStopSequence(reply.text, request.stop_sequences ?? [])
  const whole: Block[] = [
    ...(cut.text.trim() === '' ? [] : [{ type: 'text', text: cut.text } as const]),
    ...(cut.sequence === null ? reply.calls : []).map(({ name, input }) => ({ type: 'tool_use', id: createId('toolu_'), name, json: JSON.stringify(input), input } as const))
  ]
  const { blocks, truncated } = truncate(whole, request.max_tokens)
  return {
    id: createId('msg_'),
    model: request.model,
    blocks,
    stopReason: truncated ? 'max_tokens' : cut.sequence !== null ? 'stop_sequence' : reply.calls.length > 0 ? 'tool_use' : 'end_turn',
    stopSequence: truncated ? null : cut.sequence,
    inputTokens: estimateInput(request),
    outputTokens: blocks.reduce((sum, block) => sum + sizeOf(block), 0)
  }
}

/** The message as one JSON answer. */
export function renderMessage (message: Message) {
  return {
    ...renderEmptyMessage(message),
    content: message.blocks.map((block) => block.type === 'text' ? block : renderCall(block, block.input)),
    stop_reason: message.stopReason,
    stop_sequence: message.stopSequence,
    usage: renderUsage(message.inputTokens, message.outputTokens)
  }
}

/** The message as its stream begins: no content, not stopped. */
export function renderEmptyMessage ({ id, model, inputTokens }: Message) {
  return { id, type: 'message', role: 'assistant', model, content: [] as object[], container: null, diagnostics: null, stop_details: null, stop_reason: null as StopReason | null, stop_sequence: null as string | null, usage: renderUsage(inputTokens, 1) }
}

export function renderCall ({ id, name }: Extract<Block, { type: 'tool_use' }>, input: object) {
  return { type: 'tool_use', id, name, input, caller: { type: 'direct' } }
}

export function renderUsage (inputTokens: number, outputTokens: number) {
  return { input_tokens: inputTokens, output_tokens: outputTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, cache_creation: null, output_tokens_details: null, server_tool_use: null, service_tier: 'standard', speed: null, inference_geo: null }
}

function cutAtStopSequence (text: string, sequences: readonly string[]): { text: string, sequence: string | null } {
  let at = text.length
  let found: string | null = null
  for (const sequence of sequences) {
    const place = text.indexOf(sequence)
    if (place !== -1 && place < at) [at, found] = [place, sequence]
  }
  return { text: text.slice(0, at), sequence: found }
}

function truncate (blocks: readonly Block[], maxTokens: number): { blocks: Block[], truncated: boolean } {
  const kept: Block[] = []
  let left = maxTokens
  for (const block of blocks) {
    if (sizeOf(block) > left) {
      // Only what fits is sent, cut where the limit falls, also in the middle of a call's input.
      const room = left * bytesPerToken
      if (block.type === 'text' && left > 0) kept.push({ type: 'text', text: block.text.slice(0, Math.max(1, Math.floor(room / 3))) })
      if (block.type === 'tool_use' && left > 0) kept.push({ ...block, json: block.json.slice(0, Math.max(0, Math.floor(room / 3) - block.name.length)), input: {} })
      return { blocks: kept, truncated: true }
    }
    left -= sizeOf(block)
    kept.push(block)
  }
  return { blocks: kept, truncated: false }
}

function sizeOf (block: Block): number {
  return estimateTokens(block.type === 'text' ? block.text : block.name + block.json)
}

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

function createId (prefix: string): string {
  let id = prefix
  for (let i = 0; i < 24; i++) id += alphabet[randomInt(alphabet.length)]
  return id
}
