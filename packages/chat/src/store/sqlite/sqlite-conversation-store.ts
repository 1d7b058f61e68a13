import type { DatabaseSync } from 'node:sqlite'
import type { Approval, ChatEvent, Conversation, ConversationList, Message, SearchHit, SearchHits, Task } from '@cortex/contracts'
import type { BatchState } from '../../domain/batches.ts'
import { snippetOf, wordsOf } from '../../domain/findable.ts'
import type { Digest, TranscriptEntry, Turn } from '../../domain/transcript.ts'
import type { Claim, ConversationQuery, ConversationStore, PostedMessage, SearchQuery, SequencedEvent, StoredConversation, Write } from '../conversation-store.ts'
import { decodeCursor, decodePosition, encodeCursor, onePage } from '../cursors.ts'
import { ownerOnce } from '../owner-once.ts'
import { ProcessClaims } from '../process-claims.ts'
import { prepareWrites, read, type Row, type WriteRules } from './apply-write.ts'
import { asStoreError, openDatabase } from './open-database.ts'

/** Conversations in `chat.db` of the data folder, by the SQLite built into Node: WAL, an fsync for every commit. */
export class SqliteConversationStore implements ConversationStore {
  readonly shared = false
  readonly #claims = new ProcessClaims()
  readonly #db: DatabaseSync
  readonly #close: () => void
  readonly #sql: ReturnType<typeof prepareReads>
  readonly #write: (write: Write) => SequencedEvent | null

  constructor (home: string, rules?: WriteRules) {
    const { db, close } = openDatabase(home)
    this.#db = db
    this.#close = close
    this.#sql = prepareReads(this.#db)
    this.#write = prepareWrites(this.#db, rules)
  }

  async create ({ id, title, owner, shared, model, created_at: createdAt, updated_at: updatedAt }: Conversation): Promise<void> {
    this.#transaction(() => {
      this.#sql.create.run(id, title, owner, Number(shared), model, createdAt, updatedAt)
      if (title) this.#sql.findTitle.run(id, id, createdAt, title, wordsOf(title).join(' '))
    })
  }

  async find (id: string): Promise<Conversation | null> {
    const row = this.#sql.find.get(id)
    return row ? toConversation(row) : null
  }

  async list ({ words, owners, limit, cursor }: ConversationQuery): Promise<ConversationList> {
    if (words?.length === 0) return { conversations: [], next_cursor: null }
    const [updatedAt, id] = decodeCursor(cursor)
    const rows = this.#sql.list.all({ match: words ? matchOf(words) : null, owners: owners && JSON.stringify(owners), updated_at: updatedAt, id, limit: limit + 1 }).map(toConversation)
    const { page, next_cursor: next } = onePage(rows, limit, encodeCursor)
    return { conversations: page, next_cursor: next }
  }

  async search ({ words, owners, limit, cursor }: SearchQuery): Promise<SearchHits> {
    if (words.length === 0) return { hits: [], next_cursor: null }
    const rows = this.#sql.search.all({ match: matchOf(words), owners: owners && JSON.stringify(owners), before: decodePosition(cursor), limit: limit + 1 })
    const { page, next_cursor: next } = onePage(rows, limit, ({ position }) => String(position))
    return { next_cursor: next, hits: page.map((row): SearchHit => ({ conversation_id: String(row.conversation_id), conversation_title: String(row.title), kind: row.kind as SearchHit['kind'], id: String(row.id), at: String(row.at), snippet: snippetOf(String(row.text), words) })) }
  }

  async snapshot (id: string): Promise<StoredConversation | null> {
    return this.#transaction(() => {
      const row = this.#sql.find.get(id)
      return row
        ? { ...toConversation(row), seq: Number(row.seq), messages: records<Message>(this.#sql.messages.all(id)), tasks: records<Task>(this.#sql.tasks.all(id)), approvals: records<Approval>(this.#sql.approvals.all(id)) }
        : null
    })
  }

  async remove (id: string): Promise<boolean> {
    return this.#transaction(() => this.#sql.remove.run(id).changes > 0)
  }

  async ids (): Promise<string[]> {
    return this.#sql.ids.all().map((row) => String(row.id))
  }

  /** A claim cannot be lost here: whoever holds it is this process. */
  async commit (writes: readonly Write[], _claim?: Claim): Promise<SequencedEvent[]> {
    return this.#transaction(() => writes.flatMap((write) => this.#write(write) ?? []))
  }

  async eventsAfter (id: string, seq: number, limit: number): Promise<SequencedEvent[] | null> {
    const bounds = this.#sql.eventBounds.get(id, id)
    if (!bounds || seq > Number(bounds.newest)) return null
    // With no event kept at all, only the newest cursor has nothing missing.
    if (seq < Number(bounds.oldest ?? Number(bounds.newest) + 1) - 1) return null
    return this.#sql.eventsAfter.all(id, seq, limit).map((row) => ({ conversationId: id, seq: Number(row.seq), event: JSON.parse(String(row.record)) as ChatEvent }))
  }

  async findPosted (id: string, clientId: string): Promise<PostedMessage | null> {
    const row = this.#sql.posted.get(id, clientId)
    return row ? { message: JSON.parse(String(row.record)) as Message, seq: Number(row.seq) } : null
  }

  async findMessage (id: string): Promise<Message | null> {
    return read(this.#sql.message, id)
  }

  async transcript (id: string): Promise<TranscriptEntry[]> {
    return records(this.#sql.transcript.all(id))
  }

  async digest (id: string): Promise<Digest | null> {
    return read(this.#sql.digest, id)
  }

  async turns (id: string): Promise<Turn[]> {
    return records(this.#sql.turns.all(id))
  }

  async nextTurn (id: string): Promise<Turn | null> {
    return read(this.#sql.nextTurn, id)
  }

  async countQueued (id: string): Promise<number> {
    return Number(this.#sql.countQueued.get(id)?.count)
  }

  async withOpenTurns (): Promise<string[]> {
    return this.#sql.withOpenTurns.all().map((row) => String(row.id))
  }

  async unfinished (): Promise<string[]> {
    return this.#sql.unfinished.all().map((row) => String(row.id))
  }

  async batches (id: string): Promise<BatchState[]> {
    return this.#sql.batches.all(id).map((row) => ({ id: String(row.batch_id), unfinished: Number(row.unfinished), reported: row.reported === 1 }))
  }

  async tasksOfBatch (id: string, batchId: string): Promise<Task[]> {
    return records(this.#sql.tasksOfBatch.all(id, batchId))
  }

  async conversationOfTask (taskId: string): Promise<string | null> {
    const row = this.#sql.conversationOfTask.get(taskId)
    return row ? String(row.conversation_id) : null
  }

  async feedCursor (): Promise<number | null> {
    const row = this.#sql.feedCursor.get()
    return row ? Number(row.cursor) : null
  }

  async claim (name: string): Promise<Claim | null> {
    return this.#claims.claim(name)
  }

  /** There is nobody to tell, and nobody to hear of. */
  async tell (): Promise<void> {}
  async listen (): Promise<void> {}

  async close (): Promise<void> {
    this.#close()
  }

  #transaction<T> (work: () => T): T {
    try {
      this.#db.exec('BEGIN IMMEDIATE')
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      // After some failures (a full disk) SQLite has rolled back by itself.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw asStoreError(error)
    }
  }
}

function prepareReads (db: DatabaseSync) {
  return {
    create: db.prepare('INSERT INTO conversations (id, title, owner, shared, model, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)'),
    findTitle: db.prepare("INSERT INTO findable (conversation_id, kind, id, at, text, words) VALUES (?, 'title', ?, ?, ?, ?)"),
    find: db.prepare('SELECT * FROM conversations WHERE id = ?'),
    list: db.prepare(`SELECT * FROM conversations c
      WHERE (updated_at, id) < (:updated_at, :id) AND (:owners IS NULL OR ${ownerOnce('c.owner')} IN (SELECT value FROM json_each(:owners)))
        AND (:match IS NULL OR id IN (SELECT conversation_id FROM findable WHERE position IN (SELECT rowid FROM found WHERE found MATCH :match)))
      ORDER BY updated_at DESC, id DESC LIMIT :limit`),
    search: db.prepare(`SELECT f.position, f.conversation_id, c.title, f.kind, f.id, f.at, f.text
      FROM found JOIN findable f ON f.position = found.rowid JOIN conversations c ON c.id = f.conversation_id
      WHERE found MATCH :match AND found.rowid < :before AND (:owners IS NULL OR ${ownerOnce('c.owner')} IN (SELECT value FROM json_each(:owners)))
      ORDER BY found.rowid DESC LIMIT :limit`),
    remove: db.prepare('DELETE FROM conversations WHERE id = ?'),
    ids: db.prepare('SELECT id FROM conversations ORDER BY updated_at DESC'),
    messages: db.prepare('SELECT record FROM messages WHERE conversation_id = ? ORDER BY position'),
    tasks: db.prepare('SELECT record FROM tasks WHERE conversation_id = ? ORDER BY position'),
    approvals: db.prepare('SELECT record FROM approvals WHERE conversation_id = ? ORDER BY position'),
    eventBounds: db.prepare('SELECT seq AS newest, (SELECT min(seq) FROM events WHERE conversation_id = ?) AS oldest FROM conversations WHERE id = ?'),
    eventsAfter: db.prepare('SELECT seq, record FROM events WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT ?'),
    posted: db.prepare('SELECT record, seq FROM messages WHERE conversation_id = ? AND client_id = ?'),
    message: db.prepare('SELECT record FROM messages WHERE id = ?'),
    transcript: db.prepare('SELECT t.record FROM transcript t JOIN turns ON turns.id = t.turn_id WHERE turns.conversation_id = ? ORDER BY turns.position, t.position'),
    digest: db.prepare('SELECT record FROM digests WHERE conversation_id = ?'),
    turns: db.prepare('SELECT record FROM turns WHERE conversation_id = ? ORDER BY position'),
    withOpenTurns: db.prepare("SELECT DISTINCT conversation_id AS id FROM turns WHERE state <> 'done'"),
    nextTurn: db.prepare("SELECT record FROM turns WHERE conversation_id = ? AND state <> 'done' ORDER BY position LIMIT 1"),
    countQueued: db.prepare("SELECT count(*) AS count FROM turns WHERE conversation_id = ? AND state = 'queued'"),
    unfinished: db.prepare(`SELECT conversation_id AS id FROM turns WHERE state <> 'done'
      UNION SELECT conversation_id FROM tasks WHERE batch_id IS NOT NULL AND batch_id NOT IN (SELECT id FROM reported_batches)
      GROUP BY conversation_id, batch_id HAVING min(ended) = 1`),
    batches: db.prepare(`SELECT batch_id, sum(1 - ended) AS unfinished, batch_id IN (SELECT id FROM reported_batches) AS reported
      FROM tasks WHERE conversation_id = ? AND batch_id IS NOT NULL GROUP BY batch_id ORDER BY min(position)`),
    tasksOfBatch: db.prepare('SELECT record FROM tasks WHERE conversation_id = ? AND batch_id = ? ORDER BY position'),
    conversationOfTask: db.prepare('SELECT conversation_id FROM tasks WHERE id = ?'),
    feedCursor: db.prepare('SELECT cursor FROM feed')
  }
}

function toConversation (row: Row): Conversation {
  return {
    id: String(row.id),
    title: String(row.title),
    owner: String(row.owner),
    shared: row.shared === 1,
    model: row.model === null ? null : String(row.model),
    created_at: String(row.created_at),
    updated_at: String(row.updated_at)
  }
}

/** Words hold letters and digits only, so nothing in them means anything to the search language. */
function matchOf (words: readonly string[]): string {
  return words.map((word) => `"${word}"*`).join(' AND ')
}

function records<T> (rows: Row[]): T[] {
  return rows.map((row) => JSON.parse(String(row.record)) as T)
}
