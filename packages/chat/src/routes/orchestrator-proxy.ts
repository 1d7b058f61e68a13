import { toolHeaders } from '@cortex/contracts'
import proxy from '@fastify/http-proxy'
import type { Service } from '@cortex/service'
import type { FastifyRequest } from 'fastify'
import { OrchestratorUnreachable } from '../errors.ts'

/** What a browser may say to the orchestrator. Its cookies, its origin and names it gives itself are none of its business. */
const passedOn = ['accept', 'content-type', 'content-length', 'transfer-encoding', 'last-event-id', 'if-none-match', toolHeaders.idempotencyKey] as const

/** The orchestrator's own routes under the page's origin, with the person's name attached. */
export default async function orchestratorProxy (app: Service, { url }: { url: string }) {
  await app.register(proxy, {
    upstream: url,
    prefix: '/v1',
    rewritePrefix: '/v1',
    routes: ['/tasks', '/tasks/*', '/approvals', '/approvals/*', '/batches/:id/rollback', '/audit', '/tools'],
    httpMethods: ['GET', 'POST'],
    disableRequestLogging: true,
    undici: { connections: 256, bodyTimeout: 60_000, headersTimeout: 60_000 },
    replyOptions: {
      // A repeat is the page's to decide, and its own wait has an end.
      retryDelay: () => null,
      rewriteRequestHeaders: (request, headers) => ({
        ...Object.fromEntries(passedOn.flatMap((name) => headers[name] === undefined ? [] : [[name, headers[name]]])),
        host: new URL(url).host,
        'x-request-id': request.id,
        [toolHeaders.user]: (request as FastifyRequest).user
      }),
      onError: (reply, { error }) => { reply.send(new OrchestratorUnreachable({ cause: error })) }
    }
  })
}
