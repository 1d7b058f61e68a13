import { AsyncLocalStorage } from 'node:async_hooks'
import { toProblem, type Service } from '@cortex/service'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, ProtocolError, ProtocolErrorCode, Server, type CallToolResult, type Tool } from '@modelcontextprotocol/server'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { readCaller } from '../caller.ts'
import { ToolUnknown } from '../errors.ts'

const instructions = 'Cortex works on infrastructure in the background. Create one task for each independent piece of work, all in one turn: they run in parallel. ' +
  'Follow them with cortex_get_task_status and wait_seconds. What changes anything waits in awaiting_approval until a person has read the diff and approved it in Cortex; no tool approves.'

/** The list changes with the program only. Milliseconds. */
const listFresh = 60_000

interface Call { readonly request: FastifyRequest, readonly reply: FastifyReply }

/**
 * The same tools over the Model Context Protocol, each request on its own: no session, so any replica answers. The low-level server is used
 * because the other one would judge inputs by a validator of its own and in words of its own.
 */
export default async function mcp (app: Service) {
  const calls = new AsyncLocalStorage<Call>()
  const handler = createMcpHandler(createServer, {
    // Nothing listed here ever changes while the process lives, and a stream that waits for it would hold up the stop.
    maxSubscriptions: 0,
    onerror: (error) => app.log.debug({ err: error }, 'an MCP request was refused')
  })
  const serve = toNodeHandler(handler)
  app.addHook('onClose', async () => await handler.close())

  app.post('/mcp', { schema: { summary: 'The tools over the Model Context Protocol', tags: ['tools'] }, errorHandler: answerJsonRpc }, pass)
  // What a client with sessions would ask: it is told that there are none.
  app.route({ method: ['GET', 'DELETE'], url: '/mcp', schema: { hide: true }, errorHandler: answerJsonRpc, handler: pass })

  async function pass (request: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value)
    await calls.run({ request, reply }, () => serve(request.raw as Parameters<typeof serve>[0], reply.raw, request.body))
  }

  function createServer (): Server {
    const server = new Server({ name: 'cortex', title: 'Cortex', version: '1' }, { capabilities: { tools: {} }, instructions, cacheHints: { 'tools/list': { ttlMs: listFresh, cacheScope: 'public' } } })
    server.setRequestHandler('tools/list', () => ({ tools: app.tools.all().map(toMcpTool) }))
    server.setRequestHandler('tools/call', async ({ params: { name, arguments: input = {} } }) => await call(name, input))
    return server
  }

  async function call (name: string, input: Record<string, unknown>): Promise<CallToolResult> {
    const current = calls.getStore()
    if (!current) throw new Error('a tool was called outside a request')
    const { request, reply } = current
    try {
      return toResult(await app.tools.execute(name, input, readCaller(request, reply, 'mcp')))
    } catch (error) {
      const problem = toProblem(error as FastifyError, request.id)
      // The protocol asks for an error of its own here; what it carries is the same.
      if (error instanceof ToolUnknown) throw new ProtocolError(ProtocolErrorCode.InvalidParams, problem.detail, problem)
      if (problem.status >= 500) request.log.error({ err: error, req: request }, 'tool call failed')
      return { ...toResult(problem), isError: true }
    }
  }
}

function toMcpTool ({ name, description, readOnly, input, output }: ReturnType<Service['tools']['all']>[number]): Tool {
  return {
    name,
    description,
    inputSchema: input as unknown as Tool['inputSchema'],
    outputSchema: output as unknown as NonNullable<Tool['outputSchema']>,
    annotations: { readOnlyHint: readOnly, openWorldHint: false }
  }
}

/** Structured for programs, and as text for models whose client passes on nothing else. */
function toResult (output: unknown): CallToolResult {
  return { structuredContent: output as Record<string, unknown>, content: [{ type: 'text', text: JSON.stringify(output) }] }
}

/** What was refused before there was a call, in the form a JSON-RPC client reads; the problem is its data. */
function answerJsonRpc (error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const problem = toProblem(error, request.id)
  if (problem.status >= 500) request.log.error({ err: error, req: request }, 'request failed')
  const code = problem.code === 'CTX_JSON_MALFORMED' ? ProtocolErrorCode.ParseError : problem.status >= 500 ? ProtocolErrorCode.InternalError : ProtocolErrorCode.InvalidRequest
  return reply.code(problem.status).send({ jsonrpc: '2.0', error: { code, message: problem.detail, data: problem }, id: null })
}
