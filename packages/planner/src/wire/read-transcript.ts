import { RequestInvalid } from '../errors.ts'
import type { Part, Transcript, Turn } from '../rules/transcript.ts'
import { readFlag, readObject, readString, readText, type Fields } from './fields.ts'
import { readTools, toolName } from './read-tools.ts'
import type { CountTokensRequest } from './request.ts'

const blockId = /^[a-zA-Z0-9_-]{1,256}$/
/** Blocks that carry nothing the rules read: the page never sends them, but a client may. */
const passedOver = new Set(['image', 'document', 'search_result'])

/**
 * Reads the messages as strictly as the real service does, so that what passes here passes there.
 * @throws CTX_PLANNER_REQUEST_INVALID naming the first fault by its place
 */
export function readTranscript (request: CountTokensRequest): Transcript {
  refuseForcedChoices(request)
  const tools = request.tool_choice?.type === 'none' ? (readTools(request.tools), []) : readTools(request.tools)
  if (Array.isArray(request.system)) request.system.forEach((block, i) => readTextBlock(block, `system.${i}`))
  const turns = request.messages.map((message, i) => readMessage(message, `messages.${i}`))
  checkOrder(turns)
  checkPairs(turns)
  return { turns, tools }
}

function refuseForcedChoices ({ model, tool_choice: choice, thinking }: CountTokensRequest): void {
  if (choice?.type === 'any' || choice?.type === 'tool') throw new RequestInvalid('tool_choice', `${model} cannot be forced to use a tool; use auto or none`)
  if (thinking?.type === 'disabled' && /-5-5\b/.test(model)) throw new RequestInvalid('thinking', `${model} always thinks; use adaptive`)
}

function readMessage (message: Fields, path: string): Turn {
  const { role, content } = message
  if (role !== 'user' && role !== 'assistant') throw new RequestInvalid(`${path}.role`, 'must be user or assistant')
  for (const name of Object.keys(message)) if (name !== 'role' && name !== 'content') throw new RequestInvalid(`${path}.${name}`, 'Extra inputs are not permitted')
  if (typeof content === 'string') {
    if (content === '') throw new RequestInvalid(`${path}.content`, `${role} messages must have non-empty content`)
    return { role, parts: [{ type: 'text', text: content }] }
  }
  if (!Array.isArray(content) || content.length === 0) throw new RequestInvalid(`${path}.content`, 'must be text or a list of blocks, and not empty')
  const parts: Part[] = []
  let settled = false
  content.forEach((value: unknown, i) => {
    const part = readBlock(readObject(value, `${path}.content.${i}`), role, `${path}.content.${i}`)
    if (part?.type === 'result' && settled) throw new RequestInvalid(`${path}.content.${i}`, 'tool_result blocks must come before all other content of their message')
    settled ||= part?.type !== 'result'
    if (part) parts.push(part)
  })
  return { role, parts }
}

function readBlock (block: Fields, role: Turn['role'], path: string): Part | null {
  const type = readString(block.type, `${path}.type`)
  const only = (owner: Turn['role']) => { if (role !== owner) throw new RequestInvalid(path, `${type} blocks are not allowed in ${role} messages`) }
  switch (type) {
    case 'text': return { type, text: readTextBlock(block, path) }
    case 'tool_use': {
      only('assistant')
      const id = readId(block.id, `${path}.id`)
      const name = readString(block.name, `${path}.name`)
      if (!toolName.test(name)) throw new RequestInvalid(`${path}.name`, `must match ${toolName.source}`)
      return { type: 'call', id, name, input: readObject(block.input, `${path}.input`) }
    }
    case 'tool_result':
      only('user')
      return { type: 'result', callId: readId(block.tool_use_id, `${path}.tool_use_id`), text: readText(block.content, `${path}.content`), failed: readFlag(block.is_error, `${path}.is_error`) }
    case 'thinking':
      only('assistant')
      readString(block.signature, `${path}.signature`)
      return null
    case 'redacted_thinking':
      only('assistant')
      return null
    default:
      if (passedOver.has(type)) return null
      throw new RequestInvalid(`${path}.type`, `${type.slice(0, 64)} is no block this planner knows`)
  }
}

function readTextBlock (block: Fields, path: string): string {
  if (block.type !== 'text') throw new RequestInvalid(`${path}.type`, 'must be text')
  const text = readString(block.text, `${path}.text`)
  if (text.trim() === '') throw new RequestInvalid(`${path}.text`, 'text content blocks must contain non-whitespace text')
  return text
}

function readId (value: unknown, path: string): string {
  const id = readString(value, path)
  if (!blockId.test(id)) throw new RequestInvalid(path, `must match ${blockId.source}`)
  return id
}

function checkOrder (turns: readonly Turn[]): void {
  if (turns[0]?.role !== 'user') throw new RequestInvalid('messages.0.role', 'the first message must use the user role')
  if (turns.at(-1)?.role !== 'user') throw new RequestInvalid('messages', 'the conversation must end with a user message; prefilling the answer is not supported')
  turns.forEach(({ role }, i) => {
    if (role === 'assistant' && turns[i - 1]?.role === 'assistant') throw new RequestInvalid(`messages.${i}.role`, 'roles must alternate: two assistant messages follow each other')
  })
}

/** Each call is answered in the very next message, each result answers a call of the very message before. */
function checkPairs (turns: readonly Turn[]): void {
  const seen = new Set<string>()
  turns.forEach(({ parts }, i) => {
    const calls = new Set<string>()
    for (const part of turns[i - 1]?.parts ?? []) if (part.type === 'call') calls.add(part.id)
    for (const part of parts) {
      if (part.type === 'call') {
        if (seen.has(part.id)) throw new RequestInvalid(`messages.${i}`, `tool_use ids must be unique: ${part.id}`)
        seen.add(part.id)
      }
      if (part.type === 'result' && !calls.delete(part.callId)) throw new RequestInvalid(`messages.${i}`, `tool_result ${part.callId} answers no tool_use of the message before, or answers it twice`)
    }
    if (calls.size > 0) throw new RequestInvalid(`messages.${i}`, `tool_use ids without a tool_result in the next message: ${[...calls].slice(0, 20).join(', ')}`)
  })
}
