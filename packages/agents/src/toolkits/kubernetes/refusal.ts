import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { TaskFault } from '../../errors.ts'

const StatusAnswer = Type.Object({
  message: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  details: Type.Optional(Type.Object({
    causes: Type.Optional(Type.Array(Type.Object({ reason: Type.Optional(Type.String()), message: Type.Optional(Type.String()), field: Type.Optional(Type.String()) })))
  }))
})

/** A field another field manager looks after. */
export interface FieldConflict { field: string, manager: string }

/** What the API server said instead of doing what was asked: its Status object, or whatever else it answered. */
export class Refusal {
  readonly status: number
  readonly message: string
  readonly conflicts: FieldConflict[]

  constructor (status: number, body: string) {
    const answer = parse(body)
    this.status = status
    this.message = `${status} ${(answer?.message ?? answer?.reason ?? body.trim()) || 'without a reason'}`.slice(0, 2_000)
    this.conflicts = (answer?.details?.causes ?? []).filter(({ reason }) => reason === 'FieldManagerConflict')
      .map(({ field = '', message = '' }) => ({ field, manager: /"([^"]*)"/.exec(message)?.[1] ?? message }))
  }
}

/** The refusal behind a fault, when the API server answered at all. */
export function refusalOf (error: unknown): Refusal | undefined {
  return error instanceof TaskFault && error.cause instanceof Refusal ? error.cause : undefined
}

/** For `catch`: what the server does not have is null, any other failure stays one. */
export function absent (error: unknown): null {
  if (refusalOf(error)?.status === 404) return null
  throw error
}

function parse (body: string) {
  try {
    const value: unknown = JSON.parse(body)
    return Value.Check(StatusAnswer, value) ? value : undefined
  } catch {
    return undefined
  }
}
