import Fastify from 'fastify'

export function buildApp () {
  const app = Fastify()
  app.get('/', async () => ({ hello: process.env.GREETING_NAME ?? 'world' }))
  return app
}
