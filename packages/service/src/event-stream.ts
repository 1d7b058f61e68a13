import type { FastifyReply, FastifyRequest } from 'fastify'
import { StreamsTooMany } from './errors.ts'
import { onHeartbeat } from './heartbeat.ts'

export interface EventFrame {
  /** The cursor to come back with. Control frames carry none. */
  id?: string | number
  event: string
  /** Sent as JSON. */
  data: unknown
}

export interface EventStream {
  /** Answers false when the reader is too slow and was dropped; it comes back with its cursor. */
  send (frame: EventFrame): boolean
  /** Sends what `frameText` made, so that one event for many readers is written once. */
  sendText (text: string | Buffer): boolean
  /** Waits until there is room for more, for those who have much to send. Answers false when the stream has ended meanwhile. */
  drained (): Promise<boolean>
  close (): void
  /** Aborted when the stream has ended, from whichever side. */
  readonly signal: AbortSignal
}

export interface EventStreamOptions {
  /** Milliseconds between comment lines that keep proxies from cutting a quiet stream. */
  heartbeat?: number
  /** Bytes that may wait for a slow reader; less when there are many. One frame more is let through, however long, or it could never be sent; then the reader is dropped. */
  highWater?: number
  /** Milliseconds in which a reader that is waited for must have taken what is there, or it is dropped. */
  patience?: number
}

/** Streams that a process serves at once. */
const mostStreams = 10_000
/** Bytes that may wait for all readers of a process together, beside the one frame of each. */
const mostWaiting = 268_435_456
/** What is bounded is the memory of the process, whichever of its services opened a stream. */
const open = new Set<EventStream>()
let dropped = 0

/** Of this process, whichever of its services opened them. */
export const eventStreams = { open: () => open.size, dropped: () => dropped }

export function frameText ({ id, event, data }: EventFrame): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/**
 * Answers a request with server-sent events. The reply is ours from here on: nothing else may be sent.
 * @throws CTX_STREAMS_TOO_MANY before anything was sent
 */
export function openEventStream (request: FastifyRequest, reply: FastifyReply, { heartbeat = 15_000, highWater = 1_048_576, patience = 30_000 }: EventStreamOptions = {}): EventStream {
  if (open.size >= mostStreams) throw new StreamsTooMany(mostStreams)
  reply.hijack()
  const ended = new AbortController()
  const { raw } = reply
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value)
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    // no-transform keeps compressing proxies from holding events back; nginx reads the other one.
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    // A stream ends with its connection: kept alive, an idle one would hold up a stop.
    connection: 'close'
  })
  raw.flushHeaders()
  request.raw.socket.setNoDelay(true)

  // Where something still waits to be taken, the connection is not quiet.
  const stopBeating = onHeartbeat(heartbeat, () => { if (!raw.writableNeedDrain) sendText(': hb\n\n') })
  const close = () => {
    if (ended.signal.aborted) return
    stopBeating()
    open.delete(stream)
    ended.abort()
    raw.end()
  }
  raw.on('close', close)
  raw.on('error', close)

  function drop (): void {
    dropped++
    request.log.info({ path: request.url.split('?')[0] }, 'a reader of an event stream was too slow and was dropped; it may come back with its last id')
    close()
    raw.destroy()
  }

  function sendText (text: string | Buffer): boolean {
    if (ended.signal.aborted) return false
    if (raw.writableLength > Math.min(highWater, mostWaiting / open.size)) drop()
    else raw.write(text)
    return !ended.signal.aborted
  }

  async function drained (): Promise<boolean> {
    if (!ended.signal.aborted && raw.writableNeedDrain) {
      const timer = setTimeout(drop, patience)
      await new Promise<void>((resolve) => {
        const wake = () => {
          raw.off('drain', wake)
          ended.signal.removeEventListener('abort', wake)
          resolve()
        }
        raw.on('drain', wake)
        ended.signal.addEventListener('abort', wake)
      })
      clearTimeout(timer)
    }
    return !ended.signal.aborted
  }

  const stream: EventStream = { send: (frame) => sendText(frameText(frame)), sendText, drained, close, signal: ended.signal }
  open.add(stream)
  // Whoever asked may be gone already, and then nobody says so again.
  if (raw.destroyed) close()
  return stream
}
