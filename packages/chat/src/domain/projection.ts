import type { ChatEvent, ContentBlock, Message } from '@cortex/contracts'

/**
 * What an event makes of the message it speaks of. The store and the page apply the same events, so a snapshot and a
 * replay from nothing are the same.
 */
export function applyToMessage (message: Message, event: ChatEvent): Message {
  switch (event.type) {
    case 'message': return event.message
    case 'TEXT_MESSAGE_CONTENT': return withWords(message, event.index, appended(message.content[event.index], 'text', event.delta))
    case 'REASONING_MESSAGE_CONTENT': return withWords(message, event.index, appended(message.content[event.index], 'reasoning', event.delta))
    case 'TOOL_CALL_START': return withWords(message, event.index, {
      type: 'tool_call', id: event.tool_call_id, name: event.tool_call_name, input: event.input, status: 'running', output: null
    })
    case 'TOOL_CALL_RESULT': {
      const call = message.content[event.index]
      return call?.type === 'tool_call' ? withBlock(message, event.index, { ...call, status: event.status, output: event.output }) : message
    }
    case 'RUN_FINISHED': return { ...message, status: event.status, error: null, usage: event.usage, ...(event.model !== undefined && { model: event.model }) }
    case 'RUN_ERROR': return { ...message, status: 'failed', error: event.error }
    case 'superseded': return { ...message, superseded: true }
    default: return message
  }
}

/** The messages an event changes. */
export function messagesOf (event: ChatEvent): readonly string[] {
  if (event.type === 'superseded') return event.message_ids
  const id = messageOf(event)
  return id === null ? [] : [id]
}

/** The message an event speaks of, if it speaks of one. */
export function messageOf (event: ChatEvent): string | null {
  if (event.type === 'message') return event.message.id
  return 'message_id' in event ? event.message_id : null
}

/** What a search over messages looks at. */
export function plainText (message: Message): string {
  return message.content.flatMap((block) => block.type === 'text' ? [block.text] : []).join('\n')
}

function appended (block: ContentBlock | undefined, type: 'text' | 'reasoning', delta: string): ContentBlock {
  return { type, text: block?.type === type ? block.text + delta : delta }
}

/** Words that come end what was told of the try before. */
function withWords (message: Message, index: number, block: ContentBlock): Message {
  return { ...withBlock(message, index, block), error: null }
}

function withBlock (message: Message, index: number, block: ContentBlock): Message {
  const content = message.content.slice()
  content[index] = block
  return { ...message, content }
}
