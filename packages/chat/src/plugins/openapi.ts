import swagger from '@fastify/swagger'
import fp from 'fastify-plugin'

/** `/openapi.json`, from the schemas the routes validate with. What is passed on to the orchestrator stands in the orchestrator's own. */
export default fp(async (app) => {
  await app.register(swagger, {
    hideUntagged: true,
    openapi: { openapi: '3.1.0', info: { title: 'Cortex chat', version: '1', description: 'Conversations, their streams, and signing in. Errors are RFC 9457 problem details with a stable code.' } }
  })
  app.get('/openapi.json', { config: { access: 'viewer' }, schema: { hide: true } }, async () => app.swagger())
}, { name: 'openapi' })
