import { setTimeout as delay } from 'node:timers/promises'
import type { EditedMessage, NewMessage } from '@cortex/contracts'
import type { FastifyInstance } from 'fastify'
import { findPosted, questionOf } from './accept-message.ts'
import { noteOf, supersededBy, turnOf } from './domain/superseding.ts'
import { ConversationNotFound, MessageNotFound, MessageSuperseded, ReplyUnderWay } from './errors.ts'
import { findOwn } from './find-conversation.ts'
import type { Claim, ConversationStore, Write } from './store/conversation-store.ts'
import { newTurn } from './turns.ts'

/** Tries to get a conversation that somebody only looks at, and the pause between them in milliseconds. */
const tries = 10
const pause = 50

/**
 * Replaces a person's message: it and all that was said after it are superseded, and the new text is answered. Tasks stay as they are.
 * @throws CTX_CONVERSATION_NOT_FOUND, CTX_CONVERSATION_NOT_YOURS, CTX_MESSAGE_NOT_FOUND, CTX_MESSAGE_SUPERSEDED, CTX_REPLY_UNDER_WAY, CTX_CLIENT_ID_REUSED
 */
export async function editMessage ({ conversationStore: store, conversationLog: log, turns }: FastifyInstance, conversationId: string, messageId: string, posted: NewMessage, user: string): Promise<EditedMessage> {
  await findOwn(store, conversationId, user)
  const before = await findPosted(store, conversationId, posted)
  if (before) return { message_id: before.message.id, seq: before.seq, tasks: [] }
  const claim = await claimIdle(store, conversationId)
  try {
    const stored = await store.snapshot(conversationId)
    if (!stored) throw new ConversationNotFound(conversationId)
    const all = await store.turns(conversationId)
    const edited = stored.messages.find(({ id, role }) => id === messageId && role === 'user')
    const turn = turnOf(messageId, stored.messages, all)
    if (!edited || !turn) throw new MessageNotFound(messageId)
    if (edited.superseded) throw new MessageSuperseded()

    const superseded = supersededBy(messageId, turn, { ...stored, turns: all })
    const message = questionOf(posted)
    const digest = await store.digest(conversationId)
    const writes: Write[] = [
      { kind: 'event', conversationId, event: { type: 'superseded', message_ids: superseded.messageIds } },
      { kind: 'event', conversationId, event: { type: 'message', message } },
      ...superseded.turns.flatMap((each): Write[] => [
        { kind: 'forget', conversationId, turnId: each.id },
        ...each.state === 'done' ? [] : [{ kind: 'turn' as const, conversationId, turn: { ...each, state: 'done' as const } }]
      ]),
      { kind: 'turn', conversationId, turn: newTurn('turn', posted.text, user, noteOf(superseded.tasks)) }
    ]
    // What was summed up must not tell of what is gone.
    if (digest && superseded.turns.some(({ id }) => digest.turnIds.includes(id))) writes.push({ kind: 'digest', conversationId, digest: null })
    const events = await log.commit(writes, claim)
    return { message_id: message.id, seq: events[1]?.seq ?? 0, tasks: superseded.tasks.map(({ id }) => id) }
  } finally {
    await claim.release()
    turns.wake(conversationId)
  }
}

async function claimIdle (store: ConversationStore, conversationId: string): Promise<Claim> {
  for (let n = 0; n < tries; n++) {
    const claim = await store.claim(conversationId)
    if (claim) {
      if ((await store.nextTurn(conversationId))?.state !== 'running') return claim
      await claim.release()
    }
    await delay(pause)
  }
  throw new ReplyUnderWay()
}
