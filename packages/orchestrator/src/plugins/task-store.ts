import fp from 'fastify-plugin'
import type { TaskStore } from '../store/task-store.ts'

declare module 'fastify' {
  interface FastifyInstance { taskStore: TaskStore }
}

export default fp<{ store: TaskStore }>(async (app, { store }) => {
  app.decorate('taskStore', store)
  app.addHook('onClose', async () => await store.close())
}, { name: 'task-store' })
