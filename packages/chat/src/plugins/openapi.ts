import { describeRoutes } from '@cortex/service'
import fp from 'fastify-plugin'

/** `/openapi.json`, from the schemas the routes validate with. What is passed on to the orchestrator stands in the orchestrator's own. */
export default fp(async (app) => {
  const described = describeRoutes(app, { title: 'Cortex chat', description: 'Conversations, their streams, and signing in. Errors are RFC 9457 problem details with a stable code.', hideUntagged: true })
  app.get('/openapi.json', { config: { access: 'viewer' }, schema: { hide: true } }, async () => (await described()).swagger())
}, { name: 'openapi' })
