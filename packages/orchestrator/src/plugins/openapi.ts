import { describeRoutes } from '@cortex/service'
import fp from 'fastify-plugin'

/** What the pages need to know of a request. */
const passedOn = ['accept-encoding', 'if-modified-since', 'if-none-match', 'range']
/** Of the connection, not of the pages. */
const ours = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding', 'x-request-id'])

/** `/openapi.json` and `/docs`, from the schemas the routes validate with. */
export default fp(async (app) => {
  const described = describeRoutes(app, { title: 'Cortex orchestrator', description: 'Tasks, tools, approvals, events and leases. Errors are RFC 9457 problem details with a stable code.', pages: '/docs' })
  for (const path of ['/docs', '/docs/*']) {
    app.get(path, { config: { access: 'viewer' }, schema: { hide: true } }, async (request, reply) => {
      const headers = Object.fromEntries(passedOn.flatMap((name) => request.headers[name] === undefined ? [] : [[name, request.headers[name]]]))
      const page = await (await described()).inject({ url: request.url, headers })
      reply.code(page.statusCode)
      for (const [name, value] of Object.entries(page.headers)) if (value !== undefined && !ours.has(name)) reply.header(name, value)
      return reply.send(page.rawPayload.length > 0 ? page.rawPayload : undefined)
    })
  }
  app.get('/openapi.json', { config: { access: 'viewer' }, schema: { hide: true } }, async () => (await described()).swagger())
}, { name: 'openapi' })
