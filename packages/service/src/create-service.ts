import { randomUUID } from 'node:crypto'
import { Health } from '@cortex/contracts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify'
import { collectAccess, guard, type Gate } from './access/gate.ts'
import { drainConnections } from './drain-connections.ts'
import { RouteNotFound } from './errors.ts'
import { refuseDeepNesting } from './json-depth.ts'
import { refuseForeignPages } from './loopback.ts'
import { toProblem } from './problem.ts'
import { RequestLogger } from './request-logger.ts'
import { createSerializerCompiler } from './serialization.ts'
import { inCallersTrace, isTracing, traceRequests } from './spans.ts'
import { answerUnreadable } from './unreadable-request.ts'
import { createValidatorCompiler } from './validation.ts'

export interface ServiceOptions {
  logger?: FastifyBaseLogger | undefined
  /** Who is let in. Without it: everybody on loopback. */
  gate?: Gate | undefined
}

export const bodyLimit = 1_048_576

export type Service = ReturnType<typeof createService>

/** The one way a service is made, so tests run the settings production runs. */
export function createService ({ logger, gate }: ServiceOptions = {}) {
  const app = Fastify({
    ...(logger ? { loggerInstance: logger } : { logger: false }),
    bodyLimit,
    // Each request would be two lines at the rates we serve; errors are logged with their request.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    childLoggerFactory: (parent, bindings) => new RequestLogger(parent, bindings),
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    routerOptions: { maxParamLength: 20_000 },
    // Said here and not set later, or Fastify loads its own as well, 55 ms of a start.
    schemaController: { compilersFactory: { buildValidator: () => createValidatorCompiler() as never, buildSerializer: () => createSerializerCompiler() as never } },
    forceCloseConnections: 'idle',
    requestTimeout: 60_000,
    // Refused by name in drainConnections.
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => answerUnreadable(error, socket, logger),
    // What the router refuses before any route is chosen, as a URL that cannot be decoded.
    frameworkErrors: (error, request, reply) => inCallersTrace(request as FastifyRequest, () => { void answerProblem(error, request as FastifyRequest, reply.header('x-request-id', request.id)) })
  }).withTypeProvider<TypeBoxTypeProvider>()

  // text/plain is what a cross-site form can send without asking first.
  app.removeContentTypeParser('text/plain')
  // First, so that what is refused is in its trace too.
  if (isTracing()) traceRequests(app)
  // These hooks run with every request, so none of them is a promise.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    refuseForeignPages(request, gate)
    done()
  })
  collectAccess(app)
  guard(app, gate)
  drainConnections(app)
  // No body is an empty one: what is missing in it is then named by field, and commands that need nothing can be sent without.
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.body === undefined && request.routeOptions.schema?.body) request.body = {}
    refuseDeepNesting(request.body)
    done()
  })
  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler((request) => { throw new RouteNotFound(request.method, request.url.split('?')[0]?.slice(0, 200)) })

  for (const path of ['/health', '/livez']) {
    app.get(path, { config: { access: 'open', traced: false }, schema: { response: { 200: Health }, tags: ['health'] } }, async () => ({ status: 'ok' as const }))
  }
  return app
}

function answerProblem (error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const problem = toProblem(error, request.id)
  if (problem.status >= 500) request.log.error({ err: error, req: request }, 'request failed')
  else request.log.debug({ code: problem.code, detail: problem.detail, req: request }, 'request refused')
  return reply.code(problem.status).type('application/problem+json').send(problem)
}

/** A caller's id is kept when it is one that a log line can hold. */
function requestIdOf (given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID()
}
