import { setTimeout as delay } from 'node:timers/promises'
import type { ToolResultBlockParam, ToolUseBlockParam } from '@anthropic-ai/sdk/resources/messages'
import type { Problem, ToolDefinition } from '@cortex/contracts'
import { inSpan } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import { callFailed } from './domain/turn-faults.ts'
import { OrchestratorUnreachable } from './errors.ts'
import type { CallContext, OrchestratorClient } from './orchestrator-client.ts'
import type { CallResult } from './reply-writer.ts'

/** How long a list of tools is taken for current. Milliseconds. */
const toolsFresh = 60_000
/** Pauses before a call is repeated while the orchestrator is away, as when it restarts. Milliseconds. */
const repeatAfter = [100, 400, 1_200, 2_500]
/** Characters of one result the model gets to read. */
const longestResult = 60_000

/** Where the calls of one turn belong. */
export interface TurnCalls extends CallContext { readonly turnId: string }

/** The tools the model may call: the orchestrator's, as it describes them. */
export class Toolbox {
  readonly #orchestrator: OrchestratorClient
  readonly #logger: FastifyBaseLogger | undefined
  #tools: ToolDefinition[] | null = null
  #readAt = 0

  constructor (orchestrator: OrchestratorClient, logger: FastifyBaseLogger | undefined) {
    this.#orchestrator = orchestrator
    this.#logger = logger
  }

  /** The list known last serves while the orchestrator is away. @throws CTX_ORCHESTRATOR_UNREACHABLE when none was ever read */
  async tools (): Promise<ToolDefinition[]> {
    if (this.#tools && performance.now() - this.#readAt < toolsFresh) return this.#tools
    try {
      this.#tools = (await this.#orchestrator.tools()).tools
      this.#readAt = performance.now()
    } catch (error) {
      if (!this.#tools) throw error
    }
    return this.#tools
  }

  /**
   * Makes one call. Never throws: a failed call is an answer. Its turn and its id together are its idempotency key, so a repeat is harmless, and what
   * another turn or conversation calls by the same id is another call.
   * `signal` says that nobody waits for the answer any more.
   */
  async run (call: ToolUseBlockParam, context: TurnCalls, signal: AbortSignal): Promise<CallResult> {
    return await inSpan(`execute_tool ${call.name}`, { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': call.name, 'gen_ai.tool.call.id': call.id }, async (span) => {
      const result = await this.#run(call, context, signal)
      span.setAttribute('cortex.tool.status', result.status)
      return result
    })
  }

  async #run ({ id, name, input }: ToolUseBlockParam, context: TurnCalls, signal: AbortSignal): Promise<CallResult> {
    for (let attempt = 0; ; attempt++) {
      try {
        const { ok, answer } = await this.#orchestrator.executeTool({ tool_name: name, tool_input: input as Record<string, unknown> }, `${context.turnId}.${id}`, context, signal)
        return { status: ok ? 'succeeded' : 'failed', output: answer }
      } catch (error) {
        const pause = repeatAfter[attempt]
        if (signal.aborted) return failedCall(error)
        if (!(error instanceof OrchestratorUnreachable) || pause === undefined) {
          this.#logger?.warn({ err: error, tool: name, call: id }, 'tool call got no answer')
          return failedCall(error)
        }
        await delay(pause * (0.5 + Math.random()))
      }
    }
  }

  /** Closes the batch and gives each call whose task can never start that fault as its result. */
  async closeBatch (results: ReadonlyMap<string, CallResult>, { batchId }: CallContext): Promise<Map<string, CallResult>> {
    const faulty = new Map<string, CallResult>()
    try {
      const { faults } = await this.#orchestrator.closeBatch(batchId)
      for (const { task_id: taskId, code, message } of faults) {
        for (const [callId, { output }] of results) {
          if ((output as { task_id?: unknown } | null)?.task_id === taskId) faulty.set(callId, { status: 'failed', output: { code, detail: message, task_id: taskId } })
        }
      }
    } catch (error) {
      // The orchestrator closes a quiet batch by itself; its events tell what became of the tasks.
      this.#logger?.warn({ err: error, batch: batchId }, 'batch could not be closed')
    }
    return faulty
  }
}

export function failedCall (error: unknown): CallResult {
  const unnamed = callFailed()
  const { code = unnamed.code, message = unnamed.message } = error as { code?: string, message?: string }
  return { status: 'failed', output: { code, detail: message } }
}

/** A result in the words the model reads: the tool's JSON, or the text of the problem. */
export function toToolResult (callId: string, { status, output }: CallResult): ToolResultBlockParam {
  const text = status === 'failed' ? describeProblem(output as Partial<Problem>) : JSON.stringify(output)
  return {
    type: 'tool_result',
    tool_use_id: callId,
    content: text.length > longestResult ? `${text.slice(0, longestResult)}… [cut here; ask for less at once]` : text,
    ...(status === 'failed' && { is_error: true })
  }
}

function describeProblem ({ code, detail, ...rest }: Partial<Problem>): string {
  return code && detail ? `${code}: ${detail}` : JSON.stringify(rest)
}
