import { Type, type Static } from '@sinclair/typebox'
import { Approval } from './approval.ts'
import { Task, TaskStatus, Usage } from './task.ts'
import { Line, OneOf, Timestamp } from './text.ts'

export const ConversationId = Type.String({ pattern: '^conv-[0-9a-z]{20}$' })

export const TextBlock = Type.Object({ type: Type.Literal('text'), text: Type.String() })
export const ReasoningBlock = Type.Object({ type: Type.Literal('reasoning'), text: Type.String() })
/** A tool call as the page shows it; calls that stand next to each other ran in parallel. */
export const ToolCallBlock = Type.Object({
  type: Type.Literal('tool_call'),
  id: Type.String(),
  name: Type.String(),
  input: Type.Unknown(),
  status: OneOf(['running', 'succeeded', 'failed']),
  output: Type.Union([Type.Unknown(), Type.Null()], { description: "The tool's answer, or the problem it answered with" })
})
export type ToolCallBlock = Static<typeof ToolCallBlock>

export const ContentBlock = Type.Union([TextBlock, ReasoningBlock, ToolCallBlock])
export type ContentBlock = Static<typeof ContentBlock>

export const MessageStatus = OneOf(['streaming', 'complete', 'stopped', 'failed'])
export type MessageStatus = Static<typeof MessageStatus>

export const ChatError = Type.Object({ code: Type.String(), message: Type.String(), retryable: Type.Boolean() })
export type ChatError = Static<typeof ChatError>

/** A message as the page shows it. One assistant message covers a whole turn: text, calls, the text after them. */
export const Message = Type.Object({
  id: Type.String(),
  role: OneOf(['user', 'assistant']),
  status: MessageStatus,
  content: Type.Array(ContentBlock),
  created_at: Timestamp,
  kind: OneOf(['turn', 'summary'], { description: 'summary: written when a batch ended, without being asked' }),
  client_id: Type.Union([Type.String(), Type.Null()], { description: 'The id the page gave its own message, so that a repeat is known' }),
  usage: Type.Union([Usage, Type.Null()]),
  error: Type.Union([ChatError, Type.Null()]),
  model: Type.Optional(Type.String({ description: 'Who wrote it, where that is another model than the one that was asked: the fallback' })),
  superseded: Type.Optional(Type.Boolean({ description: 'The person replaced it, or a message before it: the model does not read it any more' }))
})
export type Message = Static<typeof Message>

/** Who answers and plans. `rules` is the offline planner: no language model. */
export const PlannerIdentity = Type.Object({
  kind: OneOf(['rules', 'claude', 'local']),
  model: Type.String(),
  notice: Type.Union([Type.String(), Type.Null()])
})
export type PlannerIdentity = Static<typeof PlannerIdentity>

/** What came of asking a model for three calls in one message. */
export const SelfTest = Type.Object({
  outcome: OneOf(['parallel', 'sequential', 'none', 'failed'], { description: 'All calls in one message; some of them; none; no answer' }),
  calls: Type.Integer({ minimum: 0 }),
  at: Timestamp
})
export type SelfTest = Static<typeof SelfTest>

/** `GET /v1/planner`. */
export const PlannerSettings = Type.Object({
  ...PlannerIdentity.properties,
  models: Type.Array(Type.String(), { description: 'What a conversation may choose' }),
  fallback_model: Type.Union([Type.String(), Type.Null()], { description: 'Asked while the model is overloaded' }),
  small_model: Type.Union([Type.String(), Type.Null()], { description: 'Writes titles and sums up long conversations' }),
  context_tokens: Type.Integer({ description: 'Tokens of conversation that are sent at most, by a careful estimate' }),
  self_test: Type.Union([SelfTest, Type.Null()], { description: 'Of a local model, once it is done' })
})
export type PlannerSettings = Static<typeof PlannerSettings>

/** Who owns what was said where nobody signs in. */
export const nobodySignsIn = 'local'

export const Conversation = Type.Object({
  id: Type.String(),
  title: Type.String(),
  owner: Type.String({ description: 'Whose it is; `local` for one from a time without sign-in, which everybody may read and continue' }),
  shared: Type.Boolean({ description: 'Whoever is signed in may read it by its address' }),
  model: Type.Union([Type.String(), Type.Null()], { description: 'The model that was chosen for it; null for the one everybody gets' }),
  created_at: Timestamp,
  updated_at: Timestamp
})
export type Conversation = Static<typeof Conversation>

export const ConversationList = Type.Object({ conversations: Type.Array(Conversation), next_cursor: Type.Union([Type.String(), Type.Null()]) })
export type ConversationList = Static<typeof ConversationList>

/** A message, a task with its result or a title that holds all the words looked for. */
export const SearchHit = Type.Object({
  conversation_id: Type.String(),
  conversation_title: Type.String(),
  kind: OneOf(['title', 'message', 'task']),
  id: Type.String({ description: 'Of the message or the task; of the conversation for its title' }),
  at: Timestamp,
  snippet: Type.String({ description: 'The text around the first word that was found, in one line' })
})
export type SearchHit = Static<typeof SearchHit>

export const SearchHits = Type.Object({ hits: Type.Array(SearchHit), next_cursor: Type.Union([Type.String(), Type.Null()]) })
export type SearchHits = Static<typeof SearchHits>

/** `GET /v1/conversations/:id`: everything up to `seq`; the stream goes on from there. */
export const ConversationSnapshot = Type.Object({
  id: Type.String(),
  title: Type.String(),
  owner: Type.String(),
  shared: Type.Boolean(),
  model: Type.Union([Type.String(), Type.Null()]),
  seq: Type.Integer({ minimum: 0 }),
  messages: Type.Array(Message),
  tasks: Type.Array(Task),
  approvals: Type.Array(Approval),
  planner: PlannerIdentity
})
export type ConversationSnapshot = Static<typeof ConversationSnapshot>

export const NewMessage = Type.Object({
  text: Line(20_000),
  client_id: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$' })
}, { additionalProperties: false })
export type NewMessage = Static<typeof NewMessage>

export const AcceptedMessage = Type.Object({ message_id: Type.String(), seq: Type.Integer() })
export type AcceptedMessage = Static<typeof AcceptedMessage>

export const EditedMessage = Type.Object({
  ...AcceptedMessage.properties,
  tasks: Type.Array(Type.String(), { description: 'Tasks that came of what was replaced and have not ended: they go on until somebody cancels them' })
})
export type EditedMessage = Static<typeof EditedMessage>

/** What a deleted conversation leaves behind. */
export const DeletedConversation = Type.Object({
  id: Type.String(),
  tasks: Type.Array(Type.Object({ task_id: Type.String(), title: Type.String(), status: TaskStatus }), { description: 'Its tasks that had not ended: they go on, or were cancelled where that was asked for' })
})
export type DeletedConversation = Static<typeof DeletedConversation>
