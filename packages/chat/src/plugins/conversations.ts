import fp from 'fastify-plugin'
import { ConversationLog } from '../conversation-log.ts'
import type { ConversationStore } from '../store/conversation-store.ts'

declare module 'fastify' {
  interface FastifyInstance {
    conversationStore: ConversationStore
    conversationLog: ConversationLog
  }
}

/** What is stored of conversations, and the one way to write to them. */
export default fp<{ store: ConversationStore }>(async (app, { store }) => {
  const log = new ConversationLog(store, app.log)
  app.decorate('conversationStore', store)
  app.decorate('conversationLog', log)
  // Streams have no end of their own, and a server waits for its connections before it closes.
  app.addHook('preClose', async () => log.sayGoodbye())
  app.addHook('onClose', async () => await store.close())
}, { name: 'conversations' })
