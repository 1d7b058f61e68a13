import { toProblem } from '@cortex/service'
import type { FastifyError } from 'fastify'
import fp from 'fastify-plugin'
import { CredentialMissing, RequestInvalid } from '../errors.ts'

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error', 401: 'authentication_error', 403: 'permission_error', 404: 'not_found_error', 413: 'request_too_large', 429: 'rate_limit_error'
}

/** Bytes of a request, as the real service allows. Conversations are sent whole each time, so ours of 1 MB would end long ones. */
export const requestLimit = 33_554_432

/** Everything about a route of the Messages API that is not the route: who may ask, and errors in that API's own form. */
export default fp(async (app) => {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('request-id', request.id)
    const { authorization, 'x-api-key': key } = request.headers
    if (!key && !/^Bearer \S/i.test(authorization ?? '')) throw new CredentialMissing()
    if (!request.headers['anthropic-version']) throw new RequestInvalid('anthropic-version', 'header is required')
  })
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { status, detail } = toProblem(error, request.id)
    if (status >= 500) request.log.error({ err: error, req: request }, 'request failed')
    else request.log.debug({ detail, req: request }, 'request refused')
    const message = status === 413 ? `Request exceeds the maximum size of ${requestLimit} bytes` : detail
    const type = types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
    return reply.code(status).header('request-id', request.id).send({ type: 'error', error: { type, message }, request_id: request.id })
  })
}, { name: 'messages-api' })
