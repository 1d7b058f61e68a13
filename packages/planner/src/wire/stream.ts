import { setTimeout as sleep } from 'node:timers/promises'
import type { EventStream } from '@cortex/service'
import { renderCall, renderEmptyMessage, renderUsage, type Block, type Message } from './message.ts'

export interface StreamEvent {
  type: string
  [field: string]: unknown
}

/** Deltas a text or a call is cut into at most, so that a long reply has larger pieces instead of more of them. */
const textPieces = 48
const jsonPieces = 4
/** A whole reply is out after about this long, whatever the cadence. Milliseconds. */
const longestReply = 700

/** The events of a message in the order of the Messages API: blocks strictly one after the other. */
export function * eventsOf (message: Message): Generator<StreamEvent> {
  yield { type: 'message_start', message: renderEmptyMessage(message) }
  yield { type: 'ping' }
  for (const [index, block] of message.blocks.entries()) {
    yield { type: 'content_block_start', index, content_block: block.type === 'text' ? { type: 'text', text: '', citations: null } : renderCall(block, {}) }
    for (const delta of deltasOf(block)) yield { type: 'content_block_delta', index, delta }
    yield { type: 'content_block_stop', index }
  }
  const usage = renderUsage(message.inputTokens, message.outputTokens)
  yield { type: 'message_delta', delta: { stop_reason: message.stopReason, stop_sequence: message.stopSequence, stop_details: null, container: null }, usage }
  yield { type: 'message_stop' }
}

/** Sends the events with a pause before each delta. Ends early when the reader is gone. */
export async function writeEvents (stream: EventStream, message: Message, cadenceMs: number): Promise<void> {
  const events = [...eventsOf(message)]
  const deltas = events.filter(({ type }) => type === 'content_block_delta').length
  const pause = Math.min(cadenceMs, longestReply / Math.max(1, deltas))
  let due = performance.now()
  for (const event of events) {
    if (event.type === 'content_block_delta') {
      due += pause
      // Timers below a few milliseconds fire late, so short pauses are gathered into one.
      const wait = due - performance.now()
      if (wait >= 4) await sleep(wait, undefined, { signal: stream.signal }).catch(() => undefined)
    }
    if (!stream.send({ event: event.type, data: event })) return
  }
  stream.close()
}

function * deltasOf (block: Block): Generator<StreamEvent> {
  if (block.type === 'text') {
    for (const text of cutText(block.text)) yield { type: 'text_delta', text }
    return
  }
  yield { type: 'input_json_delta', partial_json: '' }
  const size = Math.max(24, Math.ceil(block.json.length / jsonPieces))
  for (let at = 0; at < block.json.length; at += size) yield { type: 'input_json_delta', partial_json: block.json.slice(at, at + size) }
}

/** Cuts behind spaces, so that a word is not torn. A reader that joins the pieces has the text again. */
function * cutText (text: string): Generator<string> {
  const size = Math.max(12, Math.ceil(text.length / textPieces))
  let from = 0
  while (from < text.length) {
    const space = text.indexOf(' ', from + size)
    const to = space === -1 || space > from + 4 * size ? from + 4 * size : space + 1
    yield text.slice(from, to)
    from = to
  }
}
