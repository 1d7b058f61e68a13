import type { Message, NewMessage } from '@cortex/contracts'
import type { FastifyInstance } from 'fastify'
import { titleOf } from './domain/title.ts'
import type { Turn } from './domain/transcript.ts'
import { ClientIdReused, QueueFull } from './errors.ts'
import { findOwn } from './find-conversation.ts'
import { newId } from './ids.ts'
import type { ConversationStore, PostedMessage, Write } from './store/conversation-store.ts'
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

  const message = questionOf(posted)
  const turn = newTurn('turn', posted.text, user)
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
    const first = await findPosted(store, conversationId, posted)
    return first && { ...first, turn: null }
  }
}

export function questionOf ({ text, client_id: clientId }: NewMessage): Message {
  return { id: newId('msg'), role: 'user', status: 'complete', content: [{ type: 'text', text }], created_at: new Date().toISOString(), kind: 'turn', client_id: clientId, usage: null, error: null }
}

/** What came before under the same `client_id`. @throws CTX_CLIENT_ID_REUSED */
export async function findPosted (store: ConversationStore, conversationId: string, { client_id: clientId, text }: NewMessage): Promise<PostedMessage | null> {
  const first = await store.findPosted(conversationId, clientId)
  if (!first) return null
  const [block] = first.message.content
  if (block?.type !== 'text' || block.text !== text) throw new ClientIdReused()
  return first
}
