import { AsyncLocalStorage } from 'node:async_hooks'
import { toProblem, version } from '@cortex/service'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, ProtocolError, ProtocolErrorCode, Server, type CallToolResult, type Tool } from '@modelcontextprotocol/server'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readCaller } from './caller.ts'
import { AnswerTooLarge, ToolUnknown } from './errors.ts'
import type { ToolSpec } from './tool.ts'

const instructions = 'Cortex works on infrastructure in the background. Create one task for each independent piece of work, all in one turn: they run in parallel. ' +
  'Follow them with cortex_get_task_status and wait_seconds. What changes anything waits in awaiting_approval until a person has read the diff and approved it in Cortex; no tool approves.'

/** Characters of one answer, which the protocol carries twice. A page of tasks is half as long. */
const longestAnswer = 16_777_216

/** The list changes with the program only. Milliseconds. */
const listFresh = 60_000

export interface McpServer {
  /** Answers a request whose reply was hijacked. */
  serve (request: FastifyRequest, reply: FastifyReply): Promise<void>
  close (): Promise<void>
}

/**
 * The tools of the app over the Model Context Protocol. The low-level server of the package is used because the other one would judge inputs by
 * a validator of its own and refuse them in words of its own.
 */
export function createMcpServer (app: FastifyInstance): McpServer {
  const calls = new AsyncLocalStorage<{ request: FastifyRequest, reply: FastifyReply }>()
  const handler = createMcpHandler(createServer, {
    // Nothing listed here ever changes while the process lives, and a stream that waits for it would hold up the stop.
    maxSubscriptions: 0,
    onerror: (error) => app.log.debug({ err: error }, 'an MCP request was refused')
  })
  const serve = toNodeHandler(handler)
  return {
    serve: (request, reply) => calls.run({ request, reply }, () => serve(request.raw as Parameters<typeof serve>[0], reply.raw, request.body)),
    close: () => handler.close()
  }

  /** One for each request, as the package wants it. */
  function createServer (): Server {
    const server = new Server({ name: 'cortex', title: 'Cortex', version }, { capabilities: { tools: {} }, instructions, cacheHints: { 'tools/list': { ttlMs: listFresh, cacheScope: 'public' } } })
    server.setRequestHandler('tools/list', () => ({ tools: app.tools.all().map(toMcpTool) }))
    server.setRequestHandler('tools/call', async ({ params: { name, arguments: input = {} } }) => await call(name, input))
    return server
  }

  async function call (name: string, input: Record<string, unknown>): Promise<CallToolResult> {
    const current = calls.getStore()
    if (!current) throw new Error('a tool was called outside a request')
    const { request, reply } = current
    try {
      return toResult(name, await app.tools.execute(name, input, readCaller(request, reply, 'mcp')))
    } catch (error) {
      const problem = toProblem(error as FastifyError, request.id)
      // The protocol asks for an error of its own here; what it carries is the same.
      if (error instanceof ToolUnknown) throw new ProtocolError(ProtocolErrorCode.InvalidParams, problem.detail, problem)
      if (problem.status >= 500) request.log.error({ err: error, req: request }, 'tool call failed')
      else request.log.debug({ code: problem.code, detail: problem.detail, req: request }, 'tool call refused')
      return { ...toResult(name, problem), isError: true }
    }
  }
}

function toMcpTool ({ name, description, readOnly, input, output }: ToolSpec): Tool {
  return {
    name,
    description,
    inputSchema: input as unknown as Tool['inputSchema'],
    outputSchema: output as unknown as NonNullable<Tool['outputSchema']>,
    annotations: { readOnlyHint: readOnly, openWorldHint: false }
  }
}

/**
 * Structured for programs, and as text for models whose client passes on nothing else.
 * @throws CTX_ANSWER_TOO_LARGE: what cannot be written as one text would reach the client as an answer without a body
 */
function toResult (name: string, output: unknown): CallToolResult {
  const text = JSON.stringify(output)
  if (text.length > longestAnswer) throw new AnswerTooLarge(name, text.length, longestAnswer)
  return { structuredContent: output as Record<string, unknown>, content: [{ type: 'text', text }] }
}
