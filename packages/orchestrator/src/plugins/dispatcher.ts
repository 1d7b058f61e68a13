import fp from 'fastify-plugin'
import type { Dispatcher } from '../store/dispatcher.ts'

declare module 'fastify' {
  interface FastifyInstance { dispatcher: Dispatcher }
}

export default fp<{ dispatcher: Dispatcher }>(async (app, { dispatcher }) => {
  app.decorate('dispatcher', dispatcher)
  app.addHook('onClose', async () => await dispatcher.close())
}, { name: 'dispatcher', dependencies: ['task-store'] })
