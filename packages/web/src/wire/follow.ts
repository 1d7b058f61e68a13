import type { ChatEvent, ConversationSnapshot, TaskLog } from '@cortex/contracts'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { NumberedEvent } from '../state/conversation.ts'
import { openedForHeaders, ProblemError, type Api } from './api.ts'
import { backoff } from './backoff.ts'
import { freeSlots, type StreamSlots } from './stream-slots.ts'

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
  /** As in `ApiOptions`. */
  openedFor: string | null
  conversationId: string
  onSnapshot: (snapshot: ConversationSnapshot) => void
  onEvent: (event: NumberedEvent) => void
  onLog: (log: TaskLog) => void
  onConnection: (connection: Connection) => void
  /** A stream that is silent for this long is dead: heartbeats come at least every 15 s. */
  silenceMs?: number
  /** Who may hold a stream; without it this one may. */
  slots?: StreamSlots
  random?: () => number
}

export interface Following {
  /** Tries at once instead of waiting, as when the network came back. */
  wake (): void
  close (): void
}

const silenceMs = 35_000
/** How often a tab that may hold no stream asks what it has missed. Browsers let hidden tabs do so once a minute after a while. */
const catchUpMs = 3_000
/** One frame holds a whole task with its result at most; more than this is no server of ours. */
const maxFrameChars = 8_000_000

/**
 * Keeps a conversation up to date until closed: the snapshot, then one stream, again and again through drops. While other tabs hold all
 * streams there may be, it asks from time to time what came since. Events are handed on at least once and in order; their numbers make
 * repeats harmless.
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
  const { onConnection, slots = freeSlots } = options
  let cursor: number | null = null
  let failures = 0
  onConnection({ kind: 'connecting' })
  const read: Reading = {
    onSeq (seq) { cursor = seq },
    onOpen () {
      failures = 0
      onConnection({ kind: 'live' })
    }
  }
  while (!closed.aborted) {
    let slot: AbortSignal | null = null
    try {
      cursor ??= await readSnapshot(options, closed)
      const from: number = cursor
      slot = await slots.take()
      const ending = slot
        ? await readStream(options, from, AbortSignal.any([closed, slot]), read)
        : await slots.inTurn(() => readStream(options, from, closed, { ...read, briefly: true }), closed)
      if (ending === 'reset') {
        cursor = null
        continue
      }
      if (!slot) {
        await sleep(catchUpMs)
        continue
      }
    } catch (error) {
      // Another tab, one that is looked at, has the stream now.
      if (slot?.aborted && !closed.aborted) continue
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

interface Reading {
  readonly onSeq: (seq: number) => void
  readonly onOpen: () => void
  /** Takes what has come, and waits for nothing. */
  readonly briefly?: boolean
}

/** Reads one stream to its end. @returns 'reset' when the cursor was too old */
async function readStream (options: FollowOptions, cursor: number, closed: AbortSignal, { onSeq, onOpen, briefly = false }: Reading): Promise<'ended' | 'reset'> {
  const ended = new AbortController()
  const signal = AbortSignal.any([closed, ended.signal])
  let watchdog: ReturnType<typeof setTimeout> | undefined
  const listen = () => {
    clearTimeout(watchdog)
    watchdog = setTimeout(() => ended.abort(), options.silenceMs ?? silenceMs)
  }
  try {
    listen()
    const response = await fetch(`${options.origin}/v1/conversations/${options.conversationId}/stream${briefly ? '?follow=false' : ''}`, {
      headers: { accept: 'text/event-stream', 'last-event-id': String(cursor), ...openedForHeaders(options.openedFor) },
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
