import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { isTerminal, type Approval, type ChatEvent, type Message, type Task } from '@cortex/contracts'
import { applyToMessage, messageOf, plainText } from '../../domain/projection.ts'
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
    title: db.prepare('UPDATE conversations SET title = ? WHERE id = ?'),
    event: db.prepare('INSERT INTO events (conversation_id, seq, record) VALUES (?, ?, ?)'),
    trim: db.prepare('DELETE FROM events WHERE conversation_id = ? AND seq <= ?'),
    message: db.prepare('SELECT record FROM messages WHERE id = ?'),
    putMessage: db.prepare(`INSERT INTO messages (id, conversation_id, client_id, seq, text, record) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET text = excluded.text, record = excluded.record`),
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
    if (event.type === 'conversation') sql.title.run(event.title, conversationId)
    const messageId = messageOf(event)
    if (messageId) writeMessage(conversationId, seq, messageId, event)
    return { conversationId, seq, event }
  }

  function writeTask (conversationId: string, task: Task): boolean {
    const ended = isTerminal(task.status)
    const { changes } = sql.putTask.run(task.id, conversationId, task.batch_id, ended ? 1 : 0, task.rev, JSON.stringify(task))
    if (changes === 0) return false
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
    sql.putMessage.run(id, conversationId, message.client_id, seq, plainText(message), JSON.stringify(message))
    if (event.type === 'message') sql.touch.run(message.created_at, conversationId)
  }
}

/** The `record` of the one row a statement finds. */
export function read<T> (statement: StatementSync, ...parameters: Array<string | number>): T | null {
  const row = statement.get(...parameters)
  return row ? JSON.parse(String(row.record)) as T : null
}
