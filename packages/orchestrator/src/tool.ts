import type { Role } from '@cortex/contracts'
import type { Static, TSchema } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** Who calls, and in what connection. */
export interface ToolContext {
  readonly signal: AbortSignal
  readonly requestId: string
  readonly user: string
  readonly roles: readonly Role[]
  readonly source: string
  readonly batchId: string | null
  readonly conversationId: string | null
  readonly idempotencyKey: string | null
  /** What the caller sent, untouched: without the defaults. */
  readonly givenInput: unknown
}

export interface ToolSpec<Input extends TSchema = TSchema, Output extends TSchema = TSchema> {
  readonly name: `cortex_${string}`
  /** What a model reads to know when to call it. */
  readonly description: string
  /** It changes nothing. */
  readonly readOnly: boolean
  readonly input: Input
  readonly output: Output
  run (app: FastifyInstance, input: Static<Input>, context: ToolContext): Promise<Static<Output>>
}

/** A tool as one Fastify plugin: from its one definition come `/execute-tool`, `/v1/tools` and every other face. */
export function defineTool<Input extends TSchema, Output extends TSchema> (spec: ToolSpec<Input, Output>) {
  return fp(async (app) => { app.tools.add(spec as unknown as ToolSpec) }, { name: spec.name, dependencies: ['tools', 'task-store', 'task-tally', 'coordinator'] })
}
