import type { ChatEvent, ConversationSnapshot, TaskLog } from '@cortex/contracts'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { NumberedEvent } from '../state/conversation.ts'
import { ProblemError, type Api } from './api.ts'
import { backoff } from './backoff.ts'

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `retryAt` is when the next try begins, in ms since the epoch; null while a try is under way. */
  | { readonly kind: 'reconnecting', readonly retryAt: number | null }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'missing' }

export interface FollowOptions {
  api: Api
  origin: string
  conversationId: string
  onSnapshot: (snapshot: ConversationSnapshot) => void
  onEvent: (event: NumberedEvent) => void
  onLog: (log: TaskLog) => void
  onConnection: (connection: Connection) => void
  /** A stream that is silent for this long is dead: heartbeats come at least every 15 s. */
  silenceMs?: number
  random?: () => number
}

export interface Following {
  /** Tries at once instead of waiting, as when the network came back. */
  wake (): void
  close (): void
}

const silenceMs = 35_000
/** One frame holds a whole task with its result at most; more than this is no server of ours. */
const maxFrameChars = 8_000_000

/**
 * Keeps a conversation up to date until closed: the snapshot, then one stream, again and again through drops. Events are handed on at
 * least once and in order; their numbers make repeats harmless.
 */
export function followConversation (options: FollowOptions): Following {
  const closed = new AbortController()
  let wake = () => {}
  void run(options, closed.signal, (ms) => new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    wake = () => { clearTimeout(timer); resolve() }
    closed.signal.addEventListener('abort', wake, { once: true })
  }))
  return { wake: () => wake(), close: () => closed.abort() }
}

async function run (options: FollowOptions, closed: AbortSignal, sleep: (ms: number) => Promise<void>): Promise<void> {
  const { onConnection } = options
  let cursor: number | null = null
  let failures = 0
  onConnection({ kind: 'connecting' })
  while (!closed.aborted) {
    try {
      cursor ??= await readSnapshot(options, closed)
      const ending = await readStream(options, cursor, closed, (seq) => { cursor = seq }, () => {
        failures = 0
        onConnection({ kind: 'live' })
      })
      if (ending === 'reset') {
        cursor = null
        continue
      }
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal && !closed.aborted) return onConnection(refusal)
    }
    if (closed.aborted) return
    const delay = backoff(failures++, options.random)
    onConnection({ kind: 'reconnecting', retryAt: Date.now() + delay })
    await sleep(delay)
    if (!closed.aborted) onConnection({ kind: 'reconnecting', retryAt: null })
  }
}

/** Answers that trying again does not change. */
function refusalOf (error: unknown): Connection | null {
  if (!(error instanceof ProblemError)) return null
  if (error.status === 401) return { kind: 'signed-out' }
  return error.status === 404 ? { kind: 'missing' } : null
}

async function readSnapshot ({ api, conversationId, onSnapshot }: FollowOptions, closed: AbortSignal): Promise<number> {
  const snapshot = await api.get<ConversationSnapshot>(`/v1/conversations/${conversationId}`, closed)
  if (!closed.aborted) onSnapshot(snapshot)
  return snapshot.seq
}

/** Reads one stream to its end. @returns 'reset' when the cursor was too old */
async function readStream (options: FollowOptions, cursor: number, closed: AbortSignal, onSeq: (seq: number) => void, onOpen: () => void): Promise<'ended' | 'reset'> {
  const ended = new AbortController()
  const signal = AbortSignal.any([closed, ended.signal])
  let watchdog: ReturnType<typeof setTimeout> | undefined
  const listen = () => {
    clearTimeout(watchdog)
    watchdog = setTimeout(() => ended.abort(), options.silenceMs ?? silenceMs)
  }
  try {
    listen()
    const response = await fetch(`${options.origin}/v1/conversations/${options.conversationId}/stream`, {
      headers: { accept: 'text/event-stream', 'last-event-id': String(cursor) },
      cache: 'no-store',
      redirect: 'error',
      signal
    })
    if (!response.ok || !response.body) {
      await response.body?.cancel()
      throw new ProblemError(response.status, {})
    }
    onOpen()
    let ending: 'reset' | 'goodbye' | null = null
    const parser = createParser({
      maxBufferSize: maxFrameChars,
      onError: ({ type }) => { if (type === 'max-buffer-size-exceeded') ended.abort() },
      onEvent (frame) {
        if (ending || closed.aborted) return
        if (frame.event === 'reset' || frame.event === 'goodbye') ending = frame.event
        else receive(options, frame, onSeq)
      }
    })
    const decoder = new TextDecoder()
    for await (const chunk of chunksOf(response.body)) {
      listen()
      parser.feed(decoder.decode(chunk, { stream: true }))
      if (ending) break
    }
    return ending === 'reset' ? 'reset' : 'ended'
  } finally {
    clearTimeout(watchdog)
    ended.abort()
  }
}

/** Not every browser iterates a body by itself. */
async function * chunksOf (body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

function receive ({ onEvent, onLog }: FollowOptions, frame: EventSourceMessage, onSeq: (seq: number) => void): void {
  if (frame.event === 'log') return onLog(JSON.parse(frame.data) as TaskLog)
  const seq = Number(frame.id)
  if (frame.event === undefined || !Number.isSafeInteger(seq)) return
  onEvent({ seq, event: { ...JSON.parse(frame.data) as object, type: frame.event } as ChatEvent })
  onSeq(seq)
}
