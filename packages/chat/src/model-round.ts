import type { ContentBlockParam, Message, MessageCreateParamsBase, MessageStreamEvent, RefusalStopDetails, StopReason, ToolUseBlock } from '@anthropic-ai/sdk/resources/messages'
import { nothingUsed, usageOf, type ModelPrice, type Usage } from '@cortex/contracts'
import type { ConcealedPieces, Concealer } from '@cortex/secrets/credentials'
import type { CallIds } from './domain/call-ids.ts'
import { ModelStalled } from './domain/model-fault.ts'
import type { Model } from './model.ts'

/** Told of a reply as it comes. `block` is the place in the model's message. */
export interface RoundListener {
  delta (block: number, type: 'text' | 'reasoning', delta: string): void
  /** A call that is whole. `content` is the message so far, up to and with it. `fault` says why it cannot be run. */
  call (call: ToolUseBlock, content: readonly ContentBlockParam[], fault: string | null): void
}

/** How one message of the model ended. `content` holds its whole blocks only, so it can be sent back as it is. */
export type RoundEnd = { readonly content: ContentBlockParam[], readonly usage: Usage } & (
  | { readonly kind: 'ended', readonly stopReason: StopReason | null, readonly stopDetails: RefusalStopDetails | null }
  | { readonly kind: 'broken', readonly error: unknown }
  /** By `signal`. Text that was under way stands at the end of `content`. */
  | { readonly kind: 'stopped' }
)

export interface RoundOptions {
  signal: AbortSignal
  /** Milliseconds without a byte after which the model counts as stalled. The SDK's own timeout ends when headers arrive. */
  idle: number
  /** What its calls go by from the moment they are whole. */
  ids: CallIds
}

const truncating: ReadonlySet<StopReason | null> = new Set(['max_tokens', 'model_context_window_exceeded'])

/** Streams one message. Never throws: how it ended is in the answer. */
export async function streamRound (model: Model, request: MessageCreateParamsBase, listener: RoundListener, { signal, idle, ids }: RoundOptions): Promise<RoundEnd> {
  const stalled = new AbortController()
  const watchdog = setTimeout(() => stalled.abort(), idle)
  const reader = new BlockReader(listener, ids, model.priceOf(request.model), model.conceal)
  const client = model.client.withOptions({ fetch: watchedFetch(() => watchdog.refresh()) })
  const stream = client.messages.stream(request, { signal: AbortSignal.any([signal, stalled.signal]) })
  let failure: unknown
  // A listener that throws fails the whole stream with an error of the SDK's; this keeps the real one.
  stream.on('streamEvent', (event, snapshot) => {
    if (failure !== undefined) return
    try {
      reader.read(event, snapshot)
    } catch (error) {
      failure = error
      stream.abort()
    }
  })
  try {
    const { stop_reason: stopReason, stop_details: stopDetails } = await stream.finalMessage()
    return { kind: 'ended', content: reader.whole, usage: reader.usage, stopReason, stopDetails: stopDetails ?? null }
  } catch (error) {
    const { whole, usage, partialText: text } = reader
    if (signal.aborted) return { kind: 'stopped', usage, content: text ? [...whole, { type: 'text', text }] : whole }
    return { kind: 'broken', content: whole, usage, error: failure ?? (stalled.signal.aborted ? new ModelStalled() : error) }
  } finally {
    clearTimeout(watchdog)
  }
}

/** Decides which blocks are whole: `content_block_stop` alone does not prove it, a truncated reply closes its last block too. */
class BlockReader {
  readonly whole: ContentBlockParam[] = []
  usage = nothingUsed
  partialText = ''
  readonly #listener: RoundListener
  readonly #ids: CallIds
  readonly #price: ModelPrice | undefined
  readonly #conceal: Concealer
  /** The words that come now. */
  #open: { readonly block: number, readonly type: 'text' | 'reasoning', readonly pieces: ConcealedPieces } | null = null
  /** How many blocks of the model's message have been judged. */
  #judged = 0
  #json = ''

  constructor (listener: RoundListener, ids: CallIds, price: ModelPrice | undefined, conceal: Concealer) {
    this.#listener = listener
    this.#ids = ids
    this.#price = price
    this.#conceal = conceal
  }

  read (event: MessageStreamEvent, snapshot: Message): void {
    this.#count(snapshot)
    switch (event.type) {
      case 'content_block_start':
        if (event.index > 0) this.#finish(snapshot, event.index)
        if (event.content_block.type === 'text') this.#delta(event.index, 'text', event.content_block.text)
        break
      case 'content_block_delta':
        switch (event.delta.type) {
          case 'text_delta': this.#delta(event.index, 'text', event.delta.text); break
          case 'thinking_delta': this.#delta(event.index, 'reasoning', event.delta.thinking); break
          case 'input_json_delta': this.#json += event.delta.partial_json; break
        }
        break
      case 'message_delta':
        if (event.delta.stop_reason) this.#end(snapshot, event.delta.stop_reason)
        break
    }
  }

  #delta (block: number, type: 'text' | 'reasoning', delta: string): void {
    if (this.#open?.block !== block) this.#open = { block, type, pieces: this.#conceal.pieces() }
    this.#show(this.#open.pieces.push(delta))
  }

  #show (words: string): void {
    if (!this.#open || words === '') return
    const { block, type } = this.#open
    if (type === 'text') this.partialText += words
    this.#listener.delta(block, type, words)
  }

  #end (snapshot: Message, stopReason: StopReason): void {
    const last = snapshot.content.at(-1)
    // Only `tool_use` vouches for a call in the last place; truncated thinking has no signature and cannot be sent back.
    const usable = last?.type === 'tool_use' ? stopReason === 'tool_use' : last?.type === 'text' || !truncating.has(stopReason)
    this.#finish(snapshot, usable ? snapshot.content.length : snapshot.content.length - 1)
  }

  #finish (snapshot: Message, until: number): void {
    if (this.#open) this.#show(this.#open.pieces.end())
    this.#open = null
    while (this.#judged < until) {
      const block = snapshot.content[this.#judged++]
      if (block?.type === 'tool_use') this.#finishCall(block)
      // The API refuses empty text when it comes back.
      else if (block && (block.type !== 'text' || block.text)) this.whole.push(this.#conceal.block(structuredClone(block)))
    }
    this.#json = ''
    this.partialText = ''
  }

  #finishCall (block: ToolUseBlock): void {
    const input = parseInput(this.#json)
    const told = this.#conceal.block({ ...block, input: input ?? {} })
    const call: ToolUseBlock = { ...told, id: this.#ids.take(told.id) }
    this.whole.push(call)
    this.#listener.call(call, this.whole.slice(), input ? null : 'The input of this call is not a JSON object; it was not run. Send it again.')
  }

  #count ({ usage }: Message): void {
    this.usage = usageOf(usage, this.#price)
  }
}

/** Exactly what the model wrote, where the SDK would mend what is torn. No input at all means none. */
function parseInput (json: string): object | null {
  try {
    const input: unknown = JSON.parse(json || '{}')
    return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : null
  } catch {
    return null
  }
}

/** Any byte is a sign of life, also those the SDK keeps to itself, as pings. */
function watchedFetch (alive: () => void): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    alive()
    if (!response.body) return response
    const body = response.body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
      transform (chunk, controller) {
        alive()
        controller.enqueue(chunk)
      }
    }))
    return new Response(body, response)
  }
}
