import type { Approval, ChatEvent, Conversation, ConversationList, Message, SearchHits, Task } from '@cortex/contracts'
import type { BatchState } from '../domain/batches.ts'
import type { Digest, TranscriptEntry, Turn } from '../domain/transcript.ts'

/** The system of record for conversations. Adapters hold no rules; each method is one transaction. */
export interface ConversationStore {
  /** Other processes may stand on it too. */
  readonly shared: boolean
  create (conversation: Conversation): Promise<void>
  find (id: string): Promise<Conversation | null>
  /** Newest activity first. @throws CTX_CURSOR_INVALID */
  list (query: ConversationQuery): Promise<ConversationList>
  /** What holds words that begin with all of the given, newest first. @throws CTX_CURSOR_INVALID */
  search (query: SearchQuery): Promise<SearchHits>
  /** Everything up to `seq`, read at one moment. */
  snapshot (id: string): Promise<StoredConversation | null>
  /** Removes the conversation with all that is in it. Answers false when there was none. */
  remove (id: string): Promise<boolean>
  ids (): Promise<string[]>

  /**
   * The one write: all of it or nothing, on disk before it answers. Events get their `seq` here and change the records they
   * speak of in the same transaction. A task whose `rev` is not newer than the stored one is passed over and gets no event;
   * one that is under way (again) makes its batch unreported (again).
   * @param claim under which it is written; somebody who lost it writes nothing
   * @throws CTX_CONVERSATION_NOT_FOUND, CTX_CLAIM_LOST, CTX_STORE_UNAVAILABLE, CTX_STORE_UNREACHABLE
   */
  commit (writes: readonly Write[], claim?: Claim): Promise<SequencedEvent[]>
  /** Events after the cursor, oldest first; null when the cursor is none of this conversation or what follows it is gone already. */
  eventsAfter (id: string, seq: number, limit: number): Promise<SequencedEvent[] | null>

  findPosted (id: string, clientId: string): Promise<PostedMessage | null>
  findMessage (id: string): Promise<Message | null>
  transcript (id: string): Promise<TranscriptEntry[]>
  digest (id: string): Promise<Digest | null>
  /** In the order they are run. */
  turns (id: string): Promise<Turn[]>
  /** The turn to run next: the one under way, or the one that waits longest. */
  nextTurn (id: string): Promise<Turn | null>
  countQueued (id: string): Promise<number>
  /** Conversations with a turn that is not done. */
  withOpenTurns (): Promise<string[]>
  /** Those, and conversations with a batch that ended without a report. */
  unfinished (): Promise<string[]>
  batches (id: string): Promise<BatchState[]>
  tasksOfBatch (id: string, batchId: string): Promise<Task[]>
  conversationOfTask (taskId: string): Promise<string | null>
  /** How far the orchestrator's events have been taken in. */
  feedCursor (): Promise<number | null>

  /** Work only one may do at a time, over all processes: a conversation's turns, by its id; the feed. Null while somebody else holds it. */
  claim (name: string): Promise<Claim | null>
  /** Says something to the other processes. It may be lost while one of them has no connection. */
  tell (message: PeerMessage): Promise<void>
  /** Hears of what other processes do. Called once. */
  listen (peers: PeerListener): Promise<void>
  close (): Promise<void>
}

/** Held until it is released, its process ends or loses touch with the store for too long. */
export interface Claim {
  readonly name: string
  /** Aborted when it is lost: somebody else may hold it now. */
  readonly signal: AbortSignal
  release (): Promise<void>
}

export type PeerMessage =
  /** Whoever writes a reply in it ends that. */
  | { readonly kind: 'stop', readonly conversationId: string }
  /** It was deleted. */
  | { readonly kind: 'gone', readonly conversationId: string }

export interface PeerListener {
  heard (message: PeerMessage): void
  /** Another process has written events up to this one. */
  committed (conversationId: string, seq: number): void
  /** The connection was down: anything may have been missed. */
  missed (): void
}

export type Write =
  | { readonly kind: 'event', readonly conversationId: string, readonly event: ChatEvent }
  | { readonly kind: 'turn', readonly conversationId: string, readonly turn: Turn }
  | { readonly kind: 'entry', readonly conversationId: string, readonly entry: TranscriptEntry }
  /** The model must not see this turn again. */
  | { readonly kind: 'forget', readonly conversationId: string, readonly turnId: string }
  /** Takes the place of the digest before it. */
  | { readonly kind: 'digest', readonly conversationId: string, readonly digest: Digest | null }
  | { readonly kind: 'batch_reported', readonly conversationId: string, readonly batchId: string }
  | { readonly kind: 'feed_cursor', readonly cursor: number }

export interface SequencedEvent {
  readonly conversationId: string
  readonly seq: number
  readonly event: ChatEvent
}

export interface StoredConversation extends Conversation {
  readonly seq: number
  readonly messages: Message[]
  readonly tasks: Task[]
  readonly approvals: Approval[]
}

export interface ConversationQuery {
  /** Words looked for, see domain/findable.ts; those with a hit are listed. Not given: all. */
  readonly words?: readonly string[] | undefined
  /** In their one spelling, whatever was stored before there was one; null for everybody's. */
  readonly owners: readonly string[] | null
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface SearchQuery {
  readonly words: readonly string[]
  /** In their one spelling, whatever was stored before there was one; null for everybody's. */
  readonly owners: readonly string[] | null
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface PostedMessage {
  readonly message: Message
  /** The `seq` of the event that told of it. */
  readonly seq: number
}
