import fp from 'fastify-plugin'
import { Coordinator, type CoordinatorOptions } from '../coordinator.ts'

declare module 'fastify' {
  interface FastifyInstance { coordinator: Coordinator }
}

export default fp<CoordinatorOptions>(async (app, options) => {
  const coordinator = new Coordinator(app.taskStore, app.dispatcher, app.log, options)
  app.decorate('coordinator', coordinator)
  app.addHook('onReady', async () => await coordinator.start())
  // Before the server waits for its connections: the long polls among them end only now.
  app.addHook('preClose', async () => coordinator.stop())
}, { name: 'coordinator', dependencies: ['task-store', 'dispatcher'] })
