import type { FastifyInstance, RouteOptions } from 'fastify'
import { declareAccess } from './access/gate.ts'
import { createService } from './create-service.ts'

export interface RoutesDescription {
  title: string
  description: string
  /** Leaves out what has no tag. */
  hideUntagged?: boolean
  /** Path of pages to read it by; none unless given. */
  pages?: string
}

/**
 * The routes that an app registers from now on, as OpenAPI 3.1: by a service of their schemas alone, which has `swagger()`. It is made when somebody first
 * asks, in a tenth of a second: most processes are never asked, and to load what makes it took as long of every start.
 */
export function describeRoutes (app: FastifyInstance, description: RoutesDescription): () => Promise<FastifyInstance> {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', ({ method, url, schema = {}, config = {} }) => {
    if (method !== 'HEAD' && !('hide' in schema && schema.hide)) routes.push({ method, url, schema, config, exposeHeadRoute: false, handler: () => {} })
  })
  let described: Promise<FastifyInstance> | undefined
  return async () => await (described ??= describe(routes, description))
}

async function describe (routes: readonly RouteOptions[], { title, description, hideUntagged, pages }: RoutesDescription): Promise<FastifyInstance> {
  const { default: swagger } = await import('@fastify/swagger')
  const app = createService()
  await app.register(swagger, { ...(hideUntagged && { hideUntagged }), openapi: { openapi: '3.1.0', info: { title, version: '1', description } } })
  for (const route of routes) app.route(route)
  if (pages !== undefined) {
    const { default: swaggerUi } = await import('@fastify/swagger-ui')
    declareAccess(app, 'open')
    await app.register(swaggerUi, { routePrefix: pages, staticCSP: true })
  }
  await app.ready()
  return app
}
