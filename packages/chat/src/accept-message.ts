import type { Message, NewMessage } from '@cortex/contracts'
import type { FastifyInstance } from 'fastify'
import { titleOf } from './domain/title.ts'
import type { Turn } from './domain/transcript.ts'
import { ClientIdReused, QueueFull } from './errors.ts'
import { findOwn } from './find-conversation.ts'
import { newId } from './ids.ts'
import type { PostedMessage, Write } from './store/conversation-store.ts'
import { newTurn } from './turns.ts'

/** Messages of one conversation that may wait for those before them. */
const longestQueue = 20

export interface Accepted extends PostedMessage {
  /** The turn that will answer; null for a repeat. */
  readonly turn: Turn | null
}

/**
 * Stores a person's message and queues its answer. A repeat of `client_id` answers what the first did.
 * @throws CTX_CONVERSATION_NOT_FOUND, CTX_CONVERSATION_NOT_YOURS, CTX_CLIENT_ID_REUSED, CTX_QUEUE_FULL
 */
export async function acceptMessage ({ conversationStore: store, conversationLog: log, turns }: FastifyInstance, conversationId: string, posted: NewMessage, user: string): Promise<Accepted> {
  const conversation = await findOwn(store, conversationId, user)
  const before = await findRepeat()
  if (before) return before
  if (await store.countQueued(conversationId) >= longestQueue) throw new QueueFull(longestQueue)

  const message: Message = {
    id: newId('msg'),
    role: 'user',
    status: 'complete',
    content: [{ type: 'text', text: posted.text }],
    created_at: new Date().toISOString(),
    kind: 'turn',
    client_id: posted.client_id,
    usage: null,
    error: null
  }
  const turn = newTurn('turn', posted.text, user, message.id)
  const writes: Write[] = [
    { kind: 'event', conversationId, event: { type: 'message', message } },
    { kind: 'turn', conversationId, turn }
  ]
  if (!conversation.title) writes.push({ kind: 'event', conversationId, event: { type: 'conversation', title: titleOf(posted.text) } })
  try {
    const [event] = await log.commit(writes)
    turns.wake(conversationId)
    return { message, seq: event?.seq ?? 0, turn }
  } catch (error) {
    // The same message may have come twice at once; the store took one.
    const repeat = await findRepeat()
    if (!repeat) throw error
    return repeat
  }

  async function findRepeat (): Promise<Accepted | null> {
    const first = await store.findPosted(conversationId, posted.client_id)
    if (!first) return null
    const [block] = first.message.content
    if (block?.type !== 'text' || block.text !== posted.text) throw new ClientIdReused()
    return { ...first, turn: null }
  }
}
