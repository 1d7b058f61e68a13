import type { ChatEvent, Message } from '@cortex/contracts'

/** An event of AG-UI 1.0, as its clients read it. */
export interface AguiEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/**
 * Says one reply in AG-UI's words, which open and close each text by themselves. Beside them go `CUSTOM` events named `task` and `approval`, with
 * whole records: AG-UI has no words for work that outlives a run.
 */
export class AguiTranslator {
  readonly #threadId: string
  readonly #runId: string
  /** The text or thinking that is open. */
  #open: { type: 'text' | 'reasoning', id: string } | null = null

  constructor (threadId: string, runId: string) {
    this.#threadId = threadId
    this.#runId = runId
  }

  begin (): AguiEvent {
    return { type: 'RUN_STARTED', threadId: this.#threadId, runId: this.#runId }
  }

  /** `earlier` is what the conversation holds beside the reply: needed when a reply begins anew. */
  translate (event: ChatEvent, earlier: readonly Message[]): AguiEvent[] {
    switch (event.type) {
      case 'TEXT_MESSAGE_CONTENT': return [...this.#show('text', event.message_id, event.index), { type: 'TEXT_MESSAGE_CONTENT', messageId: placeOf(event.message_id, event.index), delta: event.delta }]
      case 'REASONING_MESSAGE_CONTENT': return [...this.#show('reasoning', event.message_id, event.index), { type: 'REASONING_MESSAGE_CONTENT', messageId: placeOf(event.message_id, event.index), delta: event.delta }]
      case 'TOOL_CALL_START': return [
        ...this.#close(),
        { type: 'TOOL_CALL_START', toolCallId: event.tool_call_id, toolCallName: event.tool_call_name },
        { type: 'TOOL_CALL_ARGS', toolCallId: event.tool_call_id, delta: JSON.stringify(event.input) },
        { type: 'TOOL_CALL_END', toolCallId: event.tool_call_id }
      ]
      case 'TOOL_CALL_RESULT': return [...this.#close(), { type: 'TOOL_CALL_RESULT', messageId: `${event.tool_call_id}.result`, toolCallId: event.tool_call_id, role: 'tool', content: JSON.stringify(event.output) }]
      case 'RUN_FINISHED': return [...this.#close(), { type: 'RUN_FINISHED', threadId: this.#threadId, runId: this.#runId, result: { status: event.status, usage: event.usage } }]
      case 'RUN_ERROR': return [...this.#close(), { type: 'RUN_ERROR', message: event.error.message, code: event.error.code }]
      case 'message': return [...this.#close(), { type: 'MESSAGES_SNAPSHOT', messages: [...earlier, event.message].flatMap(toAguiMessages) }]
      case 'task': return [{ type: 'CUSTOM', name: 'task', value: event.task }]
      case 'approval': return [{ type: 'CUSTOM', name: 'approval', value: event.approval }]
      default: return []
    }
  }

  #show (type: 'text' | 'reasoning', messageId: string, index: number): AguiEvent[] {
    const id = placeOf(messageId, index)
    if (this.#open?.id === id) return []
    const closing = this.#close()
    this.#open = { type, id }
    return type === 'text'
      ? [...closing, { type: 'TEXT_MESSAGE_START', messageId: id, role: 'assistant' }]
      : [...closing, { type: 'REASONING_START', messageId: id }, { type: 'REASONING_MESSAGE_START', messageId: id, role: 'reasoning' }]
  }

  #close (): AguiEvent[] {
    const open = this.#open
    this.#open = null
    if (!open) return []
    return open.type === 'text'
      ? [{ type: 'TEXT_MESSAGE_END', messageId: open.id }]
      : [{ type: 'REASONING_MESSAGE_END', messageId: open.id }, { type: 'REASONING_END', messageId: open.id }]
  }
}

/** AG-UI gives each text, each thought and each result a message of its own. */
function toAguiMessages ({ id, role, content }: Message): AguiMessage[] {
  return content.flatMap((block, index): AguiMessage[] => {
    switch (block.type) {
      case 'text': return [{ id: placeOf(id, index), role, content: block.text }]
      case 'reasoning': return [{ id: placeOf(id, index), role: 'reasoning', content: block.text }]
      case 'tool_call': return [
        { id: placeOf(id, index), role: 'assistant', toolCalls: [{ id: block.id, type: 'function', function: { name: block.name, arguments: JSON.stringify(block.input) } }] },
        ...block.status === 'running' ? [] : [{ id: `${block.id}.result`, role: 'tool' as const, toolCallId: block.id, content: JSON.stringify(block.output) }]
      ]
      default: return []
    }
  })
}

interface AguiMessage {
  readonly id: string
  readonly role: 'user' | 'assistant' | 'reasoning' | 'tool'
  readonly content?: string
  readonly toolCallId?: string
  readonly toolCalls?: readonly object[]
}

function placeOf (messageId: string, index: number): string {
  return `${messageId}.${index}`
}
