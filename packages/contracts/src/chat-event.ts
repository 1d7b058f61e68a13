import { Type, type Static, type TObject, type TProperties } from '@sinclair/typebox'
import { Approval } from './approval.ts'
import { ChatError, Message } from './conversation.ts'
import { Task, Usage } from './task.ts'
import { OneOf } from './text.ts'

const event = <N extends string, P extends TProperties>(type: N, properties: P): TObject<P & { type: ReturnType<typeof Type.Literal<N>> }> =>
  Type.Object({ ...properties, type: Type.Literal(type) }) as never

/**
 * What a conversation's stream sends. The SSE `event:` is `type`, the SSE `id:` is the conversation's `seq`, the data is the rest.
 * Names in capitals are AG-UI's; names in small letters carry whole records and are ours. `index` is the place in `Message.content`.
 */
export const chatEvents = {
  /** A message came into being, or stands anew as a whole (content after a retried reply starts from nothing). */
  message: event('message', { message: Message }),
  RUN_STARTED: event('RUN_STARTED', { run_id: Type.String(), message_id: Type.String() }),
  TEXT_MESSAGE_CONTENT: event('TEXT_MESSAGE_CONTENT', { message_id: Type.String(), index: Type.Integer(), delta: Type.String() }),
  REASONING_MESSAGE_CONTENT: event('REASONING_MESSAGE_CONTENT', { message_id: Type.String(), index: Type.Integer(), delta: Type.String() }),
  TOOL_CALL_START: event('TOOL_CALL_START', { message_id: Type.String(), index: Type.Integer(), tool_call_id: Type.String(), tool_call_name: Type.String(), input: Type.Unknown() }),
  TOOL_CALL_RESULT: event('TOOL_CALL_RESULT', { message_id: Type.String(), index: Type.Integer(), tool_call_id: Type.String(), status: OneOf(['succeeded', 'failed']), output: Type.Unknown() }),
  RUN_FINISHED: event('RUN_FINISHED', { run_id: Type.String(), message_id: Type.String(), status: OneOf(['complete', 'stopped']), usage: Type.Union([Usage, Type.Null()]), model: Type.Optional(Type.String()) }),
  RUN_ERROR: event('RUN_ERROR', { run_id: Type.String(), message_id: Type.String(), error: ChatError }),
  /** A person replaced a message: these are not part of the conversation any more. The tasks that came of them stay. */
  superseded: event('superseded', { message_ids: Type.Array(Type.String()) }),
  task: event('task', { task: Task }),
  approval: event('approval', { approval: Approval }),
  conversation: event('conversation', { title: Type.String(), shared: Type.Optional(Type.Boolean()), model: Type.Optional(Type.Union([Type.String(), Type.Null()])) })
} as const

export const ChatEvent = Type.Union([
  chatEvents.message, chatEvents.RUN_STARTED, chatEvents.TEXT_MESSAGE_CONTENT, chatEvents.REASONING_MESSAGE_CONTENT, chatEvents.TOOL_CALL_START,
  chatEvents.TOOL_CALL_RESULT, chatEvents.RUN_FINISHED, chatEvents.RUN_ERROR, chatEvents.superseded, chatEvents.task, chatEvents.approval, chatEvents.conversation
])
export type ChatEvent = Static<typeof ChatEvent>

/**
 * Control frames, sent without an id. `reset`: the cursor is too old, read the snapshot again. `goodbye`: the server is going, come back.
 * `log`: a TaskLog as it happens; a gap in `from` means GET `/v1/tasks/:id/log`. A comment line `: hb` comes at least every 15 s.
 */
export const controlFrames = ['reset', 'goodbye', 'log'] as const
