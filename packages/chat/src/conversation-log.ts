import { frameText, Turns } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import { mayContinue, mayRead } from './domain/access.ts'
import type { Claim, ConversationStore, SequencedEvent, Write } from './store/conversation-store.ts'

/** Told of each event once it is on disk, and of control frames. Answers false when it wants no more. */
export interface Follower {
  /** Who reads. */
  readonly user: string
  event (event: SequencedEvent, frame: string): boolean
  control (frame: string): boolean
  /** Waited for before each page of what it has missed; answers false when it has gone. */
  readonly drained?: () => Promise<boolean>
  /** No event will come any more. */
  end (): void
}

/** How many events are read from the store at a time while a stream catches up. */
const page = 100
const goodbye = frameText({ event: 'goodbye', data: {} })

interface Reader {
  readonly follower: Follower
  /** It reads what is not shared, too. */
  owns: boolean
  last: number
  /** It has all that the others have, and is told what comes. */
  live: boolean
}

/** The open streams of one conversation. */
interface Channel {
  readonly readers: Set<Reader>
  /** The newest event anybody has spoken of. */
  known: number
  /** The newest the live readers have; null while none is live. */
  told: number | null
  filling: boolean
}

/**
 * Every write goes through here: committed first, then told to the streams that are open. What other processes commit to the same store is
 * read from it when they say so, and told in its place.
 */
export class ConversationLog {
  readonly #store: ConversationStore
  readonly #logger: FastifyBaseLogger | undefined
  readonly #channels = new Map<string, Channel>()
  readonly #turns = new Turns()
  readonly #observers = new Set<(writes: readonly Write[]) => void>()
  #count = 0

  constructor (store: ConversationStore, logger?: FastifyBaseLogger) {
    this.#store = store
    this.#logger = logger
  }

  get followers (): number {
    return this.#count
  }

  /** Told of all that is written here, once it is on disk. */
  observe (observer: (writes: readonly Write[]) => void): void {
    this.#observers.add(observer)
  }

  async commit (writes: readonly Write[], claim?: Claim): Promise<SequencedEvent[]> {
    const events = await this.#store.commit(writes, claim)
    for (const observe of this.#observers) observe(writes)
    for (const event of events) this.#publish(event)
    return events
  }

  /** Another process has committed events up to `seq`. */
  committed (conversationId: string, seq: number): void {
    const channel = this.#channels.get(conversationId)
    if (!channel || seq <= channel.known) return
    channel.known = seq
    this.#fill(conversationId, channel)
  }

  /** Others may have committed anything: all open streams look for it. */
  missed (): void {
    for (const [id, channel] of this.#channels) this.#fill(id, channel)
  }

  /** A frame without a place in the sequence: logs. */
  tell (conversationId: string, event: string, data: unknown): void {
    const channel = this.#channels.get(conversationId)
    if (!channel) return
    const frame = frameText({ event, data })
    for (const reader of channel.readers) if (!reader.follower.control(frame)) this.#remove(conversationId, reader)
  }

  /** Sends the streams of one conversation, or all, away: they come back to whoever serves them then. */
  sayGoodbye (conversationId?: string): void {
    for (const [id, { readers }] of this.#channels) {
      if (conversationId !== undefined && id !== conversationId) continue
      for (const reader of readers) this.#dismiss(id, reader)
    }
  }

  /**
   * Hands over what came after `after`, then what comes, in order, with no gap and no repeat, until `signal` or as long as the follower may read it.
   * Answers false when the cursor is too old to go on from.
   */
  async follow (conversationId: string, after: number, follower: Follower, signal: AbortSignal): Promise<boolean> {
    const reader: Reader = { follower, owns: false, last: after, live: false }
    // It is known of before it reads, or what is committed in between would be missed.
    const channel = this.#add(conversationId, reader)
    signal.addEventListener('abort', () => this.#remove(conversationId, reader), { once: true })
    let going: boolean | null = null
    while (going === null && !signal.aborted && await follower.drained?.() !== false) going = await this.#turns.run(async () => await this.#step(conversationId, channel, reader, signal))
    return going ?? true
  }

  /** The next page for a reader, which is live when it was the last. Answers null when there is more, and what `follow` answers when there is not. */
  async #step (conversationId: string, channel: Channel, reader: Reader, signal: AbortSignal): Promise<boolean | null> {
    if (signal.aborted) return true
    const events = await this.#store.eventsAfter(conversationId, reader.last, page)
    if (!events) {
      this.#remove(conversationId, reader)
      return false
    }
    // Asked after the events were read: what was written up to a moment at which the follower may read is for it.
    const conversation = await this.#store.find(conversationId)
    if (signal.aborted) return true
    if (!conversation || !mayRead(conversation, reader.follower.user)) {
      this.#dismiss(conversationId, reader)
      return true
    }
    reader.owns = mayContinue(conversation, reader.follower.user)
    for (const event of events) hand(reader, event, frameOf(event))
    if (events.length === page || reader.last < channel.known) return null
    // In the same turn of the event loop, or what is told in between would be missed.
    reader.live = true
    channel.told ??= reader.last
    return true
  }

  #publish (event: SequencedEvent): void {
    const channel = this.#channels.get(event.conversationId)
    if (!channel) return
    channel.known = Math.max(channel.known, event.seq)
    if (channel.told === null || channel.filling || event.seq <= channel.told) return
    if (event.seq === channel.told + 1) this.#tell(channel, event)
    else this.#fill(event.conversationId, channel)
  }

  #tell (channel: Channel, event: SequencedEvent): void {
    const frame = frameOf(event)
    channel.told = event.seq
    const closes = event.event.type === 'conversation' && event.event.shared === false
    for (const reader of channel.readers) {
      if (!reader.live) continue
      if (closes && !reader.owns) this.#dismiss(event.conversationId, reader)
      else if (!hand(reader, event, frame)) this.#remove(event.conversationId, reader)
    }
  }

  #fill (conversationId: string, channel: Channel): void {
    if (channel.told === null || channel.filling) return
    channel.filling = true
    this.#readOn(conversationId, channel).catch((error: unknown) => {
      // Streams that come back read from the store what is missing here.
      this.#logger?.warn({ err: error, conversation: conversationId }, 'events of another process could not be read')
      this.sayGoodbye(conversationId)
    }).finally(() => { channel.filling = false })
  }

  async #readOn (conversationId: string, channel: Channel): Promise<void> {
    for (;;) {
      const events = await this.#store.eventsAfter(conversationId, channel.told ?? 0, page)
      if (!events) return this.sayGoodbye(conversationId)
      for (const event of events) this.#tell(channel, event)
      if (events.length < page && (channel.told ?? 0) >= channel.known) return
    }
  }

  #add (conversationId: string, reader: Reader): Channel {
    const channel = this.#channels.get(conversationId) ?? { readers: new Set(), known: 0, told: null, filling: false }
    channel.readers.add(reader)
    this.#channels.set(conversationId, channel)
    this.#count++
    return channel
  }

  #dismiss (conversationId: string, reader: Reader): void {
    reader.follower.control(goodbye)
    reader.follower.end()
    this.#remove(conversationId, reader)
  }

  #remove (conversationId: string, reader: Reader): void {
    const channel = this.#channels.get(conversationId)
    if (!channel?.readers.delete(reader)) return
    this.#count--
    if (channel.readers.size === 0) this.#channels.delete(conversationId)
  }
}

/** Answers false when the follower wants no more. */
function hand (reader: Reader, event: SequencedEvent, frame: string): boolean {
  if (event.seq <= reader.last) return true
  reader.last = event.seq
  return reader.follower.event(event, frame)
}

/** `type` travels as the name of the SSE event, the rest as its data. */
function frameOf ({ seq, event: { type, ...data } }: SequencedEvent): string {
  return frameText({ id: seq, event: type, data })
}
