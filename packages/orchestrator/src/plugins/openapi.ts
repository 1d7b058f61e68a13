import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { declareAccess } from '@cortex/service'
import fp from 'fastify-plugin'

/** `/openapi.json` and `/docs`, from the schemas the routes validate with. */
export default fp(async (app) => {
  await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Cortex orchestrator', version: '1', description: 'Tasks, tools, approvals, events and leases. Errors are RFC 9457 problem details with a stable code.' } } })
  await app.register(async (pages) => {
    declareAccess(pages, 'viewer')
    await pages.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
  })
  app.get('/openapi.json', { config: { access: 'viewer' }, schema: { hide: true } }, async () => app.swagger())
}, { name: 'openapi' })
