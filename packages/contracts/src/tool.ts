import { Type, type Static } from '@sinclair/typebox'

/** `POST /execute-tool`. The input is checked by the tool's own schema. */
export const ToolCall = Type.Object({
  tool_name: Type.String({ minLength: 1, maxLength: 64 }),
  tool_input: Type.Record(Type.String(), Type.Unknown())
}, { additionalProperties: false })
export type ToolCall = Static<typeof ToolCall>

/** A tool as the Messages API takes it. */
export const ToolDefinition = Type.Object({
  name: Type.String(),
  description: Type.String(),
  input_schema: Type.Object({ type: Type.Literal('object') }, { additionalProperties: true })
})
export type ToolDefinition = Static<typeof ToolDefinition>

export const ToolList = Type.Object({ tools: Type.Array(ToolDefinition) })
export type ToolList = Static<typeof ToolList>

/** Request headers of a tool call, next to `Idempotency-Key`. */
export const toolHeaders = {
  idempotencyKey: 'idempotency-key',
  batch: 'cortex-batch',
  conversation: 'cortex-conversation',
  user: 'cortex-user',
  source: 'cortex-source'
} as const
