import type { Approval, ChatEvent, Conversation, ConversationList, Message, Task } from '@cortex/contracts'
import type { BatchState } from '../domain/batches.ts'
import type { TranscriptEntry, Turn } from '../domain/transcript.ts'

/** The system of record for conversations. Adapters hold no rules; each method is one transaction. */
export interface ConversationStore {
  create (conversation: Conversation): Promise<void>
  find (id: string): Promise<Conversation | null>
  /** Newest activity first. @throws CTX_CURSOR_INVALID */
  list (query: ConversationQuery): Promise<ConversationList>
  /** Everything up to `seq`, read at one moment. */
  snapshot (id: string): Promise<StoredConversation | null>
  /** Removes the conversation with all that is in it. Answers false when there was none. */
  remove (id: string): Promise<boolean>
  ids (): Promise<string[]>

  /**
   * The one write: all of it or nothing, on disk before it answers. Events get their `seq` here and change the records they
   * speak of in the same transaction. A task whose `rev` is not newer than the stored one is passed over and gets no event;
   * one that is under way (again) makes its batch unreported (again).
   * @throws CTX_CONVERSATION_NOT_FOUND, CTX_STORE_UNAVAILABLE
   */
  commit (writes: readonly Write[]): Promise<SequencedEvent[]>
  /** Events after the cursor, oldest first; null when the cursor is none of this conversation or what follows it is gone already. */
  eventsAfter (id: string, seq: number, limit: number): Promise<SequencedEvent[] | null>

  findPosted (id: string, clientId: string): Promise<PostedMessage | null>
  findMessage (id: string): Promise<Message | null>
  transcript (id: string): Promise<TranscriptEntry[]>
  /** The turn to run next: the one under way, or the one that waits longest. */
  nextTurn (id: string): Promise<Turn | null>
  countQueued (id: string): Promise<number>
  /** Conversations with a turn that is not done, or a batch that ended without a report. */
  unfinished (): Promise<string[]>
  batches (id: string): Promise<BatchState[]>
  tasksOfBatch (id: string, batchId: string): Promise<Task[]>
  conversationOfTask (taskId: string): Promise<string | null>
  /** How far the orchestrator's events have been taken in. */
  feedCursor (): Promise<number | null>
  close (): Promise<void>
}

export type Write =
  | { readonly kind: 'event', readonly conversationId: string, readonly event: ChatEvent }
  | { readonly kind: 'turn', readonly conversationId: string, readonly turn: Turn }
  | { readonly kind: 'entry', readonly conversationId: string, readonly entry: TranscriptEntry }
  /** The model must not see this turn again. */
  | { readonly kind: 'forget', readonly conversationId: string, readonly turnId: string }
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
  /** Looked for in titles and in what was said. */
  readonly text?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface PostedMessage {
  readonly message: Message
  /** The `seq` of the event that told of it. */
  readonly seq: number
}
