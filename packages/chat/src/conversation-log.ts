import { frameText } from '@cortex/service'
import type { ConversationStore, SequencedEvent, Write } from './store/conversation-store.ts'

/** Told of each event once it is on disk, and of control frames. Answers false when it wants no more. */
export interface Follower {
  event (event: SequencedEvent, frame: string): boolean
  control (frame: string): boolean
  /** No event will come any more. */
  end (): void
}

/** How many events are read from the store at a time while a stream catches up. */
const page = 500

/** Every write goes through here: committed first, then told to the streams that are open. */
export class ConversationLog {
  readonly #store: ConversationStore
  readonly #followers = new Map<string, Set<Follower>>()
  readonly #observers = new Set<(writes: readonly Write[]) => void>()
  #count = 0

  constructor (store: ConversationStore) {
    this.#store = store
  }

  get followers (): number {
    return this.#count
  }

  /** Told of all that is written here, once it is on disk. */
  observe (observer: (writes: readonly Write[]) => void): void {
    this.#observers.add(observer)
  }

  async commit (writes: readonly Write[]): Promise<SequencedEvent[]> {
    const events = await this.#store.commit(writes)
    for (const observe of this.#observers) observe(writes)
    for (const event of events) this.#publish(event)
    return events
  }

  /** A frame without a place in the sequence: logs. */
  tell (conversationId: string, event: string, data: unknown): void {
    const followers = this.#followers.get(conversationId)
    if (!followers) return
    const frame = frameText({ event, data })
    for (const follower of followers) if (!follower.control(frame)) this.#remove(conversationId, follower)
  }

  /** Sends the streams of one conversation, or all, away: they come back to whoever serves them then. */
  sayGoodbye (conversationId?: string): void {
    const goodbye = frameText({ event: 'goodbye', data: {} })
    for (const [id, followers] of this.#followers) {
      if (conversationId !== undefined && id !== conversationId) continue
      for (const follower of followers) {
        follower.control(goodbye)
        follower.end()
        this.#remove(id, follower)
      }
    }
  }

  /**
   * Hands over what came after `after`, then what comes, in order, with no gap and no repeat, until `signal`.
   * Answers false when the cursor is too old to go on from.
   */
  async follow (conversationId: string, after: number, follower: Follower, signal: AbortSignal): Promise<boolean> {
    let last = after
    let waiting: Array<[SequencedEvent, string]> | null = []
    const inOrder: Follower = {
      control: (frame) => follower.control(frame),
      end: () => follower.end(),
      event: (event, frame) => {
        if (waiting) {
          waiting.push([event, frame])
          return true
        }
        return hand(event, frame)
      }
    }
    // Listening starts before reading, or what is committed in between would be missed.
    this.#add(conversationId, inOrder)
    signal.addEventListener('abort', () => this.#remove(conversationId, inOrder), { once: true })
    while (!signal.aborted) {
      const events = await this.#store.eventsAfter(conversationId, last, page)
      if (!events) {
        this.#remove(conversationId, inOrder)
        return false
      }
      for (const event of events) hand(event, frameOf(event))
      if (events.length < page) break
    }
    const missed = waiting
    waiting = null
    for (const [event, frame] of missed) hand(event, frame)
    return true

    function hand (event: SequencedEvent, frame: string): boolean {
      if (event.seq <= last) return true
      last = event.seq
      return follower.event(event, frame)
    }
  }

  #publish (event: SequencedEvent): void {
    const followers = this.#followers.get(event.conversationId)
    if (!followers) return
    const frame = frameOf(event)
    for (const follower of followers) if (!follower.event(event, frame)) this.#remove(event.conversationId, follower)
  }

  #add (conversationId: string, follower: Follower): void {
    const followers = this.#followers.get(conversationId) ?? new Set()
    this.#followers.set(conversationId, followers.add(follower))
    this.#count++
  }

  #remove (conversationId: string, follower: Follower): void {
    const followers = this.#followers.get(conversationId)
    if (!followers?.delete(follower)) return
    this.#count--
    if (followers.size === 0) this.#followers.delete(conversationId)
  }
}

/** `type` travels as the name of the SSE event, the rest as its data. */
function frameOf ({ seq, event: { type, ...data } }: SequencedEvent): string {
  return frameText({ id: seq, event: type, data })
}
