import { toProblem, type Service } from '@cortex/service'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { McpServer } from '../mcp-server.ts'

/** Codes of JSON-RPC. */
const parseError = -32700
const invalidRequest = -32600
const internalError = -32603

/** The tools over the Model Context Protocol, each request on its own: there is no session, so any replica answers. */
export default async function mcp (app: Service) {
  let server: Promise<McpServer> | null = null
  // Loaded when first asked for: the protocol's packages take 50 MB and a good part of a start.
  const load = () => (server ??= import('../mcp-server.ts').then(({ createMcpServer }) => createMcpServer(app)))
  app.addHook('onClose', async () => await (await server)?.close())

  app.post('/mcp', { config: { access: 'viewer' }, schema: { summary: 'The tools over the Model Context Protocol', tags: ['tools'] }, errorHandler: answerJsonRpc }, pass)
  // What a client with sessions would ask: it is told that there are none, whatever it says of a body.
  app.register(async (sessions) => {
    sessions.removeAllContentTypeParsers()
    sessions.addContentTypeParser('*', async () => undefined)
    sessions.route({ method: ['GET', 'DELETE'], url: '/mcp', config: { access: 'viewer' }, schema: { hide: true }, errorHandler: answerJsonRpc, handler: pass })
  })

  async function pass (request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { serve } = await load()
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value)
    await serve(request, reply)
  }
}

/** What was refused before there was a call, in the form a JSON-RPC client reads; the problem is its data. */
function answerJsonRpc (error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const problem = toProblem(error, request.id)
  if (problem.status >= 500) request.log.error({ err: error, req: request }, 'request failed')
  else request.log.debug({ code: problem.code, detail: problem.detail, req: request }, 'request refused')
  const code = problem.code === 'CTX_JSON_MALFORMED' ? parseError : problem.status >= 500 ? internalError : invalidRequest
  return reply.code(problem.status).send({ jsonrpc: '2.0', error: { code, message: problem.detail, data: problem }, id: null })
}
