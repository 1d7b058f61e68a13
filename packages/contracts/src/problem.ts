import { Type, type Static } from '@sinclair/typebox'

/** One fault of the input. */
export const Fault = Type.Object({
  field: Type.String({ description: 'Where, as in `tool_input.title`; empty for the input as a whole' }),
  message: Type.String({ description: 'What is wrong and what would be right' })
})
export type Fault = Static<typeof Fault>

/** RFC 9457 problem details, served as `application/problem+json`. */
export const Problem = Type.Object({
  type: Type.String({ description: 'A URI reference that names the kind of problem' }),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String({ description: 'What happened and what to change' }),
  code: Type.String({ description: 'Stable, CTX_…' }),
  request_id: Type.String(),
  trace_id: Type.Optional(Type.String({ description: 'Its trace, where this service traces' })),
  errors: Type.Optional(Type.Array(Fault))
})
export type Problem = Static<typeof Problem>
