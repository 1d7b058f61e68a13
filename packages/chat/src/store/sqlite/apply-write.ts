import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { isTerminal, type Approval, type ChatEvent, type Message, type Task } from '@cortex/contracts'
import { findableMessage, findableTask, wordsOf, type Findable } from '../../domain/findable.ts'
import { applyToMessage, messagesOf } from '../../domain/projection.ts'
import { ConversationNotFound } from '../../errors.ts'
import type { SequencedEvent, Write } from '../conversation-store.ts'

/** Events kept for streams that come back; an older cursor is told to read the snapshot. */
const eventsKept = 2_000
/** Trimming each time would cost a delete for every event. */
const trimEvery = 200

export type Row = Record<string, SQLOutputValue>

export interface WriteRules {
  eventsKept?: number | undefined
}

/** Prepares the statements of all writes; the caller holds the transaction. */
export function prepareWrites (db: DatabaseSync, rules: WriteRules = {}): (write: Write) => SequencedEvent | null {
  const kept = rules.eventsKept ?? eventsKept
  const every = Math.min(trimEvery, kept)
  const sql = {
    nextSeq: db.prepare('UPDATE conversations SET seq = seq + 1 WHERE id = ? RETURNING seq'),
    touch: db.prepare('UPDATE conversations SET updated_at = max(updated_at, ?) WHERE id = ?'),
    title: db.prepare('UPDATE conversations SET title = ?, shared = coalesce(?, shared), model = CASE WHEN ? THEN ? ELSE model END WHERE id = ? RETURNING created_at'),
    findable: db.prepare(`INSERT INTO findable (conversation_id, kind, id, at, text, words) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (kind, id) DO UPDATE SET text = excluded.text, words = excluded.words WHERE excluded.text <> findable.text`),
    putDigest: db.prepare('INSERT INTO digests (conversation_id, record) VALUES (?, ?) ON CONFLICT (conversation_id) DO UPDATE SET record = excluded.record'),
    dropDigest: db.prepare('DELETE FROM digests WHERE conversation_id = ?'),
    event: db.prepare('INSERT INTO events (conversation_id, seq, record) VALUES (?, ?, ?)'),
    trim: db.prepare('DELETE FROM events WHERE conversation_id = ? AND seq <= ?'),
    message: db.prepare('SELECT record FROM messages WHERE id = ?'),
    putMessage: db.prepare(`INSERT INTO messages (id, conversation_id, client_id, seq, record) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET record = excluded.record`),
    putTask: db.prepare(`INSERT INTO tasks (id, conversation_id, batch_id, ended, rev, record) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET batch_id = excluded.batch_id, ended = excluded.ended, rev = excluded.rev, record = excluded.record WHERE excluded.rev > tasks.rev`),
    reopenBatch: db.prepare('DELETE FROM reported_batches WHERE id = ?'),
    reportBatch: db.prepare('INSERT OR IGNORE INTO reported_batches (id, conversation_id) VALUES (?, ?)'),
    putApproval: db.prepare(`INSERT INTO approvals (id, conversation_id, record) VALUES (?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET record = excluded.record`),
    putTurn: db.prepare(`INSERT INTO turns (id, conversation_id, state, record) VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET state = excluded.state, record = excluded.record`),
    putEntry: db.prepare(`INSERT INTO transcript (turn_id, position, record) VALUES (?, ?, ?)
      ON CONFLICT (turn_id, position) DO UPDATE SET record = excluded.record`),
    forget: db.prepare('DELETE FROM transcript WHERE turn_id = ?'),
    feedCursor: db.prepare('INSERT INTO feed (only, cursor) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET cursor = excluded.cursor')
  }

  return (write) => {
    switch (write.kind) {
      case 'event': return writeEvent(write.conversationId, write.event)
      case 'turn': sql.putTurn.run(write.turn.id, write.conversationId, write.turn.state, JSON.stringify(write.turn)); break
      case 'entry': sql.putEntry.run(write.entry.turnId, write.entry.position, JSON.stringify(write.entry)); break
      case 'forget': sql.forget.run(write.turnId); break
      case 'digest':
        if (write.digest) sql.putDigest.run(write.conversationId, JSON.stringify(write.digest))
        else sql.dropDigest.run(write.conversationId)
        break
      case 'batch_reported': sql.reportBatch.run(write.batchId, write.conversationId); break
      case 'feed_cursor': sql.feedCursor.run(write.cursor); break
    }
    return null
  }

  function writeEvent (conversationId: string, event: ChatEvent): SequencedEvent | null {
    if (event.type === 'task' && !writeTask(conversationId, event.task)) return null
    const row = sql.nextSeq.get(conversationId)
    if (!row) throw new ConversationNotFound(conversationId)
    const seq = Number(row.seq)
    sql.event.run(conversationId, seq, JSON.stringify(event))
    if (seq % every === 0) sql.trim.run(conversationId, seq - kept)
    if (event.type === 'approval') writeApproval(conversationId, event.approval)
    if (event.type === 'conversation') writeConversation(conversationId, event)
    for (const id of messagesOf(event)) writeMessage(conversationId, seq, id, event)
    return { conversationId, seq, event }
  }

  function writeConversation (id: string, { title, shared, model }: ChatEvent & { type: 'conversation' }): void {
    const row = sql.title.get(title, shared === undefined ? null : Number(shared), Number(model !== undefined), model ?? null, id)
    putFindable(id, { kind: 'title', id, at: String(row?.created_at), text: title })
  }

  function putFindable (conversationId: string, { kind, id, at, text }: Findable): void {
    sql.findable.run(conversationId, kind, id, at, text, wordsOf(text).join(' '))
  }

  function writeTask (conversationId: string, task: Task): boolean {
    const ended = isTerminal(task.status)
    const { changes } = sql.putTask.run(task.id, conversationId, task.batch_id, ended ? 1 : 0, task.rev, JSON.stringify(task))
    if (changes === 0) return false
    putFindable(conversationId, findableTask(task))
    if (!ended && task.batch_id) sql.reopenBatch.run(task.batch_id)
    return true
  }

  function writeApproval (conversationId: string, approval: Approval): void {
    sql.putApproval.run(approval.id, conversationId, JSON.stringify(approval))
  }

  function writeMessage (conversationId: string, seq: number, id: string, event: ChatEvent): void {
    const stored = event.type === 'message' ? event.message : read<Message>(sql.message, id)
    if (!stored) return
    const message = applyToMessage(stored, event)
    sql.putMessage.run(id, conversationId, message.client_id, seq, JSON.stringify(message))
    const findable = findableMessage(event, message)
    if (findable) putFindable(conversationId, findable)
    if (event.type === 'message') sql.touch.run(message.created_at, conversationId)
  }
}

/** The `record` of the one row a statement finds. */
export function read<T> (statement: StatementSync, ...parameters: Array<string | number>): T | null {
  const row = statement.get(...parameters)
  return row ? JSON.parse(String(row.record)) as T : null
}
