import { randomUUID } from 'node:crypto'
import type { Approval, ChatEvent, Conversation, ConversationList, Message, SearchHit, SearchHits, Task } from '@cortex/contracts'
import type { FastifyBaseLogger } from 'fastify'
import type { BatchState } from '../../domain/batches.ts'
import { snippetOf } from '../../domain/findable.ts'
import type { Digest, TranscriptEntry, Turn } from '../../domain/transcript.ts'
import type { Claim, ConversationQuery, ConversationStore, PeerListener, PeerMessage, PostedMessage, SearchQuery, SequencedEvent, StoredConversation, Write } from '../conversation-store.ts'
import { decodeCursor, decodePosition, encodeCursor, onePage } from '../cursors.ts'
import { applyWrite, longestWord, putFindable, readMessage } from './apply-write.ts'
import { Claims } from './claims.ts'
import { Database, type Connection } from './database.ts'
import { asUnusable } from './faults.ts'
import { migrate } from './migrate.ts'
import { sql } from './queries.ts'

export interface PostgresStoreRules {
  /** Events kept of each conversation for streams that come back. */
  eventsKept?: number | undefined
  /** Milliseconds without a sign of life after which what a process held is free. */
  claimDuration?: number | undefined
}

const channel = 'cortex_chat'

interface Recorded { record: string }

/** Conversations in the schema `cortex_chat` of a PostgreSQL server; any number of chats may stand on it. */
export class PostgresConversationStore implements ConversationStore {
  readonly shared = true
  readonly #database: Database
  readonly #claims: Claims
  readonly #eventsKept: number
  /** Told apart from the others in what is notified. */
  readonly #self = randomUUID()

  private constructor (database: Database, { eventsKept = 2_000, claimDuration = 8_000 }: PostgresStoreRules, logger: FastifyBaseLogger | undefined) {
    this.#database = database
    this.#eventsKept = eventsKept
    this.#claims = new Claims(database, claimDuration, logger)
  }

  /** @throws CTX_DATABASE_UNUSABLE, CTX_STORE_TOO_NEW */
  static async open (url: string, rules: PostgresStoreRules, logger: FastifyBaseLogger | undefined): Promise<PostgresConversationStore> {
    const database = new Database(url, logger)
    try {
      await migrate(database)
      return new PostgresConversationStore(database, rules, logger)
    } catch (error) {
      await database.close()
      throw asUnusable(error)
    }
  }

  async create ({ id, title, owner, shared, model, created_at: createdAt, updated_at: updatedAt }: Conversation): Promise<void> {
    await this.#database.transaction(async (connection) => {
      await connection.query(sql.create, [id, title, owner, shared, model, createdAt, updatedAt])
      if (title) await putFindable(connection, id, { kind: 'title', id, at: createdAt, text: title })
    })
  }

  async find (id: string): Promise<Conversation | null> {
    const [row] = await this.#database.query<Conversation>(sql.find, [id])
    return row ?? null
  }

  async list ({ words, owners, limit, cursor }: ConversationQuery): Promise<ConversationList> {
    if (words?.length === 0) return { conversations: [], next_cursor: null }
    const rows = await this.#database.query<Conversation>(sql.list, [...decodeCursor(cursor), owners, words ? matchOf(words) : null, limit + 1])
    const { page, next_cursor: next } = onePage(rows, limit, encodeCursor)
    return { conversations: page, next_cursor: next }
  }

  async search ({ words, owners, limit, cursor }: SearchQuery): Promise<SearchHits> {
    if (words.length === 0) return { hits: [], next_cursor: null }
    const rows = await this.#database.query<Omit<SearchHit, 'snippet'> & { text: string, position: number }>(sql.search, [matchOf(words), owners, decodePosition(cursor), limit + 1])
    const { page, next_cursor: next } = onePage(rows, limit, ({ position }) => String(position))
    return { next_cursor: next, hits: page.map(({ text, position: _, ...hit }) => ({ ...hit, snippet: snippetOf(text, words) })) }
  }

  async snapshot (id: string): Promise<StoredConversation | null> {
    return await this.#database.transaction(async (connection) => {
      const [conversation] = await connection.query<Conversation & { seq: number }>(sql.findWithSeq, [id])
      if (!conversation) return null
      return {
        ...conversation,
        messages: await records<Message>(connection, sql.messages, id),
        tasks: await records<Task>(connection, sql.tasks, id),
        approvals: await records<Approval>(connection, sql.approvals, id)
      }
    }, 'REPEATABLE READ')
  }

  async remove (id: string): Promise<boolean> {
    return (await this.#database.query(sql.remove, [id])).length > 0
  }

  async ids (): Promise<string[]> {
    return (await this.#database.query<{ id: string }>(sql.ids)).map(({ id }) => id)
  }

  async commit (writes: readonly Write[], claim?: Claim): Promise<SequencedEvent[]> {
    return await this.#database.transaction(async (connection) => {
      if (claim) await this.#claims.check(connection, claim)
      const events: SequencedEvent[] = []
      for (const write of writes) {
        const event = await applyWrite(connection, write, this.#eventsKept)
        if (event) events.push(event)
      }
      const newest = new Map(events.map(({ conversationId, seq }) => [conversationId, seq]))
      for (const [id, seq] of newest) await this.#notify(connection, `events ${id} ${seq}`)
      return events
    })
  }

  async eventsAfter (id: string, seq: number, limit: number): Promise<SequencedEvent[] | null> {
    return await this.#database.transaction(async (connection) => {
      const [bounds] = await connection.query<{ newest: number, oldest: number | null }>(sql.eventBounds, [id])
      if (!bounds || seq > bounds.newest) return null
      // With no event kept at all, only the newest cursor has nothing missing.
      if (seq < (bounds.oldest ?? bounds.newest + 1) - 1) return null
      const rows = await connection.query<Recorded & { seq: number }>(sql.eventsAfter, [id, seq, limit])
      return rows.map(({ seq, record }) => ({ conversationId: id, seq, event: JSON.parse(record) as ChatEvent }))
    }, 'REPEATABLE READ')
  }

  async findPosted (id: string, clientId: string): Promise<PostedMessage | null> {
    const [row] = await this.#database.query<Recorded & { seq: number }>(sql.posted, [id, clientId])
    return row ? { message: JSON.parse(row.record) as Message, seq: row.seq } : null
  }

  async findMessage (id: string): Promise<Message | null> {
    return await readMessage(this.#database, id)
  }

  async transcript (id: string): Promise<TranscriptEntry[]> {
    return await records(this.#database, sql.transcript, id)
  }

  async digest (id: string): Promise<Digest | null> {
    return (await records<Digest>(this.#database, sql.digest, id))[0] ?? null
  }

  async turns (id: string): Promise<Turn[]> {
    return await records(this.#database, sql.turns, id)
  }

  async nextTurn (id: string): Promise<Turn | null> {
    return (await records<Turn>(this.#database, sql.nextTurn, id))[0] ?? null
  }

  async countQueued (id: string): Promise<number> {
    const [row] = await this.#database.query<{ count: number }>(sql.countQueued, [id])
    return row?.count ?? 0
  }

  async withOpenTurns (): Promise<string[]> {
    return (await this.#database.query<{ id: string }>(sql.withOpenTurns)).map(({ id }) => id)
  }

  async unfinished (): Promise<string[]> {
    return (await this.#database.query<{ id: string }>(sql.unfinished)).map(({ id }) => id)
  }

  async batches (id: string): Promise<BatchState[]> {
    return await this.#database.query<BatchState>(sql.batches, [id])
  }

  async tasksOfBatch (id: string, batchId: string): Promise<Task[]> {
    return await records(this.#database, sql.tasksOfBatch, id, batchId)
  }

  async conversationOfTask (taskId: string): Promise<string | null> {
    const [row] = await this.#database.query<{ conversation_id: string }>(sql.conversationOfTask, [taskId])
    return row?.conversation_id ?? null
  }

  async feedCursor (): Promise<number | null> {
    const [row] = await this.#database.query<{ cursor: number }>(sql.feedCursor)
    return row?.cursor ?? null
  }

  async claim (name: string): Promise<Claim | null> {
    return await this.#claims.claim(name)
  }

  async tell ({ kind, conversationId }: PeerMessage): Promise<void> {
    await this.#notify(this.#database, `${kind} ${conversationId} 0`)
  }

  async listen (peers: PeerListener): Promise<void> {
    await this.#database.listen(channel, {
      began: () => peers.missed(),
      notified: (payload) => {
        const [from, kind, conversationId = '', seq] = payload.split(' ')
        if (from === this.#self) return
        if (kind === 'events') peers.committed(conversationId, Number(seq))
        else if (kind === 'stop' || kind === 'gone') peers.heard({ kind, conversationId })
      }
    })
  }

  async close (): Promise<void> {
    this.#claims.close()
    await this.#database.close()
  }

  async #notify (connection: Connection, said: string): Promise<void> {
    await connection.query('SELECT pg_notify($1, $2)', [channel, `${this.#self} ${said}`])
  }
}

async function records<T> (connection: Connection, text: string, ...values: unknown[]): Promise<T[]> {
  return (await connection.query<Recorded>(text, values)).map(({ record }) => JSON.parse(record) as T)
}

/** Words hold letters and digits only, so nothing in them means anything to the search language. */
function matchOf (words: readonly string[]): string {
  return words.map((word) => `'${word.slice(0, longestWord)}':*`).join(' & ')
}
