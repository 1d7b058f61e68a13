import { OneOf } from '@cortex/contracts'
import { Type, type Static, type TProperties } from '@sinclair/typebox'

const Open = Type.Record(Type.String(), Type.Unknown())
const Effort = OneOf(['low', 'medium', 'high', 'xhigh', 'max'])

/** Blocks inside messages, tools and system are read one by one in code: a union of twenty schemas explains no fault. */
const shared = {
  model: Type.String({ minLength: 1, maxLength: 256 }),
  messages: Type.Array(Open, { minItems: 1, maxItems: 100_000 }),
  system: Type.Optional(Type.Union([Type.String(), Type.Array(Open, { maxItems: 1_000 })])),
  tools: Type.Optional(Type.Array(Open, { maxItems: 1_000 })),
  tool_choice: Type.Optional(Type.Object({
    type: OneOf(['auto', 'any', 'tool', 'none']),
    name: Type.Optional(Type.String()),
    disable_parallel_tool_use: Type.Optional(Type.Boolean())
  }, { additionalProperties: false })),
  thinking: Type.Optional(Type.Object({
    type: OneOf(['adaptive', 'enabled', 'disabled', 'between_tools']),
    budget_tokens: Type.Optional(Type.Integer({ minimum: 1_024 })),
    display: Type.Optional(Type.Union([OneOf(['summarized', 'omitted']), Type.Null()]))
  }, { additionalProperties: false })),
  output_config: Type.Optional(Type.Object({ effort: Type.Optional(Type.Union([Effort, Type.Null()])) }, { additionalProperties: false })),
  cache_control: Type.Optional(Type.Union([Open, Type.Null()]))
} satisfies TProperties

/** `POST /v1/messages`. Sampling parameters and `thread` are unknown fields here, as to the models this stands in for. */
export const MessagesRequest = Type.Object({
  ...shared,
  max_tokens: Type.Integer({ minimum: 1 }),
  stream: Type.Optional(Type.Boolean()),
  stop_sequences: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), { maxItems: 100 })),
  metadata: Type.Optional(Type.Object({ user_id: Type.Optional(Type.Union([Type.String({ maxLength: 512 }), Type.Null()])) }, { additionalProperties: false })),
  service_tier: Type.Optional(OneOf(['auto', 'standard_only'])),
  inference_geo: Type.Optional(Type.Union([Type.String(), Type.Null()]))
}, { additionalProperties: false })
export type MessagesRequest = Static<typeof MessagesRequest>

/** `POST /v1/messages/count_tokens`. */
export const CountTokensRequest = Type.Object(shared, { additionalProperties: false })
export type CountTokensRequest = Static<typeof CountTokensRequest>
