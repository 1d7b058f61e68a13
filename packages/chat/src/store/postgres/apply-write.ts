import { isTerminal, type ChatEvent, type Message, type Task } from '@cortex/contracts'
import { findableMessage, findableTask, wordsOf, type Findable } from '../../domain/findable.ts'
import { applyToMessage, messagesOf } from '../../domain/projection.ts'
import { ConversationNotFound } from '../../errors.ts'
import type { SequencedEvent, Write } from '../conversation-store.ts'
import type { Connection } from './database.ts'

/** Trimming each time would cost a delete for every event. */
const trimEvery = 200

/** One write within the transaction of `connection`. */
export async function applyWrite (connection: Connection, write: Write, eventsKept: number): Promise<SequencedEvent | null> {
  switch (write.kind) {
    case 'event': return await writeEvent(connection, write.conversationId, write.event, eventsKept)
    case 'turn':
      await connection.query(`INSERT INTO cortex_chat.turns (id, conversation_id, state, record) VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, record = excluded.record`, [write.turn.id, write.conversationId, write.turn.state, JSON.stringify(write.turn)])
      return null
    case 'entry':
      await connection.query(`INSERT INTO cortex_chat.transcript (turn_id, position, record) VALUES ($1, $2, $3)
        ON CONFLICT (turn_id, position) DO UPDATE SET record = excluded.record`, [write.entry.turnId, write.entry.position, JSON.stringify(write.entry)])
      return null
    case 'forget':
      await connection.query('DELETE FROM cortex_chat.transcript WHERE turn_id = $1', [write.turnId])
      return null
    case 'digest':
      if (write.digest) {
        await connection.query(`INSERT INTO cortex_chat.digests (conversation_id, record) VALUES ($1, $2)
          ON CONFLICT (conversation_id) DO UPDATE SET record = excluded.record`, [write.conversationId, JSON.stringify(write.digest)])
      } else await connection.query('DELETE FROM cortex_chat.digests WHERE conversation_id = $1', [write.conversationId])
      return null
    case 'batch_reported':
      await connection.query('INSERT INTO cortex_chat.reported_batches (id, conversation_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [write.batchId, write.conversationId])
      return null
    case 'feed_cursor':
      await connection.query('INSERT INTO cortex_chat.feed (cursor) VALUES ($1) ON CONFLICT (one) DO UPDATE SET cursor = excluded.cursor', [write.cursor])
      return null
  }
}

async function writeEvent (connection: Connection, conversationId: string, event: ChatEvent, eventsKept: number): Promise<SequencedEvent | null> {
  // The row of the conversation is locked from here on, so its events are committed in the order of their numbers.
  const [row] = await connection.query<{ seq: number }>('UPDATE cortex_chat.conversations SET seq = seq + 1 WHERE id = $1 RETURNING seq', [conversationId])
  if (!row) throw new ConversationNotFound(conversationId)
  if (event.type === 'task' && !await writeTask(connection, conversationId, event.task)) {
    await connection.query('UPDATE cortex_chat.conversations SET seq = seq - 1 WHERE id = $1', [conversationId])
    return null
  }
  const { seq } = row
  await connection.query('INSERT INTO cortex_chat.events (conversation_id, seq, record) VALUES ($1, $2, $3)', [conversationId, seq, JSON.stringify(event)])
  if (seq % Math.min(trimEvery, eventsKept) === 0) await connection.query('DELETE FROM cortex_chat.events WHERE conversation_id = $1 AND seq <= $2', [conversationId, seq - eventsKept])
  if (event.type === 'approval') {
    await connection.query(`INSERT INTO cortex_chat.approvals (id, conversation_id, record) VALUES ($1, $2, $3)
      ON CONFLICT (id) DO UPDATE SET record = excluded.record`, [event.approval.id, conversationId, JSON.stringify(event.approval)])
  }
  if (event.type === 'conversation') await writeConversation(connection, conversationId, event)
  for (const id of messagesOf(event)) await writeMessage(connection, conversationId, seq, id, event)
  return { conversationId, seq, event }
}

async function writeConversation (connection: Connection, id: string, { title, shared, model }: ChatEvent & { type: 'conversation' }): Promise<void> {
  const [row] = await connection.query<{ created_at: string }>(`UPDATE cortex_chat.conversations
    SET title = $2, shared = coalesce($3, shared), model = CASE WHEN $4 THEN $5 ELSE model END WHERE id = $1 RETURNING created_at`, [id, title, shared ?? null, model !== undefined, model ?? null])
  await putFindable(connection, id, { kind: 'title', id, at: row?.created_at ?? '', text: title })
}

async function writeTask (connection: Connection, conversationId: string, task: Task): Promise<boolean> {
  const ended = isTerminal(task.status)
  const changed = await connection.query(`INSERT INTO cortex_chat.tasks AS t (id, conversation_id, batch_id, ended, rev, record) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (id) DO UPDATE SET batch_id = excluded.batch_id, ended = excluded.ended, rev = excluded.rev, record = excluded.record WHERE excluded.rev > t.rev RETURNING 1`,
  [task.id, conversationId, task.batch_id, ended, task.rev, JSON.stringify(task)])
  if (changed.length === 0) return false
  if (!ended && task.batch_id) await connection.query('DELETE FROM cortex_chat.reported_batches WHERE id = $1', [task.batch_id])
  await putFindable(connection, conversationId, findableTask(task))
  return true
}

async function writeMessage (connection: Connection, conversationId: string, seq: number, id: string, event: ChatEvent): Promise<void> {
  const stored = event.type === 'message' ? event.message : await readMessage(connection, id)
  if (!stored) return
  const message = applyToMessage(stored, event)
  await connection.query(`INSERT INTO cortex_chat.messages (id, conversation_id, client_id, seq, record) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO UPDATE SET record = excluded.record`, [id, conversationId, message.client_id, seq, JSON.stringify(message)])
  const findable = findableMessage(event, message)
  if (findable) await putFindable(connection, conversationId, findable)
  if (event.type === 'message') await connection.query('UPDATE cortex_chat.conversations SET updated_at = greatest(updated_at, $1) WHERE id = $2', [message.created_at, conversationId])
}

export async function putFindable (connection: Connection, conversationId: string, { kind, id, at, text }: Findable): Promise<void> {
  await connection.query(`INSERT INTO cortex_chat.findable AS f (conversation_id, kind, id, at, text, words) VALUES ($1, $2, $3, $4, $5, array_to_tsvector($6::text[]))
    ON CONFLICT (kind, id) DO UPDATE SET text = excluded.text, words = excluded.words WHERE excluded.text <> f.text`, [conversationId, kind, id, at, text, [...new Set(wordsOf(text))].map((word) => word.slice(0, longestWord))])
}

/** Letters of one word that are indexed. */
export const longestWord = 200

export async function readMessage (connection: Connection, id: string): Promise<Message | null> {
  const [row] = await connection.query<{ record: string }>('SELECT record FROM cortex_chat.messages WHERE id = $1', [id])
  return row ? JSON.parse(row.record) as Message : null
}
