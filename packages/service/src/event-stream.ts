import type { FastifyReply, FastifyRequest } from 'fastify'

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
  /** Sends text that `frameText` made, so that one event for many readers is written once. */
  sendText (text: string): boolean
  close (): void
  /** Aborted when the stream has ended, from whichever side. */
  readonly signal: AbortSignal
}

export interface EventStreamOptions {
  /** Milliseconds between comment lines that keep proxies from cutting a quiet stream. */
  heartbeat?: number
  /** Bytes that may wait for a slow reader before it is dropped. */
  highWater?: number
}

export function frameText ({ id, event, data }: EventFrame): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** Answers a request with server-sent events. The reply is ours from here on: nothing else may be sent. */
export function openEventStream (request: FastifyRequest, reply: FastifyReply, { heartbeat = 15_000, highWater = 4_194_304 }: EventStreamOptions = {}): EventStream {
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

  const beat = setInterval(() => sendText(': hb\n\n'), heartbeat)
  const close = () => {
    if (ended.signal.aborted) return
    clearInterval(beat)
    ended.abort()
    raw.end()
  }
  raw.on('close', close)
  raw.on('error', close)

  function sendText (text: string): boolean {
    if (ended.signal.aborted) return false
    raw.write(text)
    if (raw.writableLength <= highWater) return true
    close()
    raw.destroy()
    return false
  }
  return { send: (frame) => sendText(frameText(frame)), sendText, close, signal: ended.signal }
}
