import { rolesHeader, toolHeaders } from '@cortex/contracts'
import proxy from '@fastify/http-proxy'
import { declareAccess, type Service } from '@cortex/service'
import { OrchestratorUnreachable } from '../errors.ts'
import type { OrchestratorClient } from '../orchestrator-client.ts'

/** What a browser may say to the orchestrator. Its cookies, its origin and names it gives itself are none of its business. */
const passedOn = ['accept', 'content-type', 'content-length', 'transfer-encoding', 'last-event-id', 'if-none-match', toolHeaders.idempotencyKey] as const

/**
 * The orchestrator's own routes under the page's origin, with the person's name and roles attached. What each role may do there stands at the orchestrator's
 * routes and is judged by it, for it believes the service token.
 */
export default async function orchestratorProxy (app: Service, { url, serviceToken, orchestrator }: { url: string, serviceToken: string | undefined, orchestrator: OrchestratorClient }) {
  declareAccess(app, 'viewer')
  await app.register(proxy, {
    upstream: url,
    prefix: '/v1',
    rewritePrefix: '/v1',
    routes: ['/tasks', '/tasks/*', '/approvals', '/approvals/*', '/batches/:id/rollback', '/policy', '/audit', '/tools'],
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
        [toolHeaders.user]: request.principal.name,
        ...(serviceToken !== undefined && { authorization: `Bearer ${serviceToken}`, [rolesHeader]: request.principal.roles.join(',') })
      }),
      // Who asks was let in here, so it is the chat that is not let in there.
      onResponse: (_request, reply, { statusCode, stream }) => {
        if (statusCode !== 401) return reply.send(stream)
        stream.resume()
        return reply.removeHeader('content-length').removeHeader('www-authenticate').send(orchestrator.refuse())
      },
      onError: (reply, { error }) => { reply.send(new OrchestratorUnreachable({ cause: error })) }
    }
  })
}
