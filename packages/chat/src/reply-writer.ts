import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ToolUseBlockParam } from '@anthropic-ai/sdk/resources/messages'
import type { ChatError, ChatEvent, ContentBlock, Message } from '@cortex/contracts'
import { applyToMessage } from './domain/projection.ts'
import type { SequencedEvent, Write } from './store/conversation-store.ts'

/** Text is gathered this long before it is written: a token each would be an fsync and a frame for each. Milliseconds. */
const coalesce = 60

interface Pending { readonly index: number, readonly type: 'text' | 'reasoning', delta: string }

export interface CallResult {
  readonly status: 'succeeded' | 'failed'
  /** The tool's answer, or the problem it answered with. */
  readonly output: unknown
}

/** Puts writes on disk, all or none. */
export type Commit = (writes: readonly Write[]) => Promise<SequencedEvent[]>

/** Writes one assistant message as it comes into being. Everything is written in the order it was given. */
export class ReplyWriter {
  readonly #store: Commit
  readonly #conversationId: string
  #message: Message
  /** Place in the page's message of each block of the model's, by a key of the caller's. */
  readonly #places = new Map<string, number>()
  #length: number
  #pending: Pending | null = null
  #timer: NodeJS.Timeout | undefined
  readonly #queue: Write[] = []
  #scheduled = false
  #tail: Promise<unknown> = Promise.resolve()

  constructor (store: Commit, conversationId: string, message: Message) {
    this.#store = store
    this.#conversationId = conversationId
    this.#message = message
    this.#length = message.content.length
  }

  get content (): readonly ContentBlock[] {
    return this.#message.content
  }

  /** Whether anything is shown or about to be. */
  get begun (): boolean {
    return this.#length > 0
  }

  delta (key: string, type: 'text' | 'reasoning', delta: string): void {
    const index = this.#place(key)
    if (this.#pending && this.#pending.index !== index) this.#flush()
    if (this.#pending) {
      this.#pending.delta += delta
      return
    }
    this.#pending = { index, type, delta }
    this.#timer = setTimeout(() => this.#flush(), coalesce)
  }

  /** Answers when the call is on disk, which it must be before it is made. */
  async startCall ({ id, name, input }: ToolUseBlockParam, draft: Write): Promise<void> {
    const index = this.#place(id)
    await this.write([this.#event({ type: 'TOOL_CALL_START', message_id: this.#message.id, index, tool_call_id: id, tool_call_name: name, input }), draft])
  }

  async finishCall (id: string, { status, output }: CallResult): Promise<void> {
    await this.write([this.#event({ type: 'TOOL_CALL_RESULT', message_id: this.#message.id, index: this.#place(id), tool_call_id: id, status, output })])
  }

  /** Replaces what is shown, as when a reply begins anew, and tells why. Text that was not written yet is dropped. */
  async reset (content: ContentBlock[], writes: readonly Write[] = [], error: ChatError | null = null): Promise<void> {
    this.drop()
    this.#places.clear()
    for (const [index, block] of content.entries()) if (block.type === 'tool_call') this.#places.set(block.id, index)
    this.#length = content.length
    await this.#commit([this.#event({ type: 'message', message: { ...this.#message, content, error } }), ...writes])
  }

  async write (writes: readonly Write[]): Promise<void> {
    this.#flush()
    await this.#commit(writes)
  }

  /** Forgets text that was not written yet. */
  drop (): void {
    clearTimeout(this.#timer)
    this.#pending = null
  }

  #flush (): void {
    const pending = this.#pending
    if (!pending) return
    this.drop()
    const { index, type, delta } = pending
    const write = this.#event({ type: type === 'text' ? 'TEXT_MESSAGE_CONTENT' : 'REASONING_MESSAGE_CONTENT', message_id: this.#message.id, index, delta })
    // A failure is kept: it shows at the next call that is awaited, and there always is one.
    this.#commit([write]).catch(() => {})
  }

  #place (key: string): number {
    const index = this.#places.get(key) ?? this.#length++
    this.#places.set(key, index)
    return index
  }

  #event (event: ChatEvent): Write {
    this.#message = applyToMessage(this.#message, event)
    return { kind: 'event', conversationId: this.#conversationId, event }
  }

  /**
   * All that comes in one turn of the event loop is one transaction: fifty calls that became whole together cost one fsync.
   * After one failed write nothing more is written, or what is stored would have a hole in it.
   */
  async #commit (writes: readonly Write[]): Promise<void> {
    this.#queue.push(...writes)
    if (!this.#scheduled) {
      this.#scheduled = true
      this.#tail = this.#tail.then(async () => {
        await nextTurn()
        this.#scheduled = false
        await this.#store(this.#queue.splice(0))
      })
    }
    await this.#tail
  }
}
