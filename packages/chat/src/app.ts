import { createService, type Service } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import type { Model } from './model.ts'
import { OrchestratorClient } from './orchestrator-client.ts'
import conversationsPlugin from './plugins/conversations.ts'
import identity from './plugins/identity.ts'
import pageHeaders from './plugins/page-headers.ts'
import plannerPlugin from './plugins/planner.ts'
import turns from './plugins/turns.ts'
import agui from './routes/agui.ts'
import chat from './routes/chat.ts'
import conversations from './routes/conversations.ts'
import exportConversation from './routes/export.ts'
import messages from './routes/messages.ts'
import orchestratorProxy from './routes/orchestrator-proxy.ts'
import page from './routes/page.ts'
import planner from './routes/planner.ts'
import readiness from './routes/readiness.ts'
import stream from './routes/stream.ts'
import type { ConversationStore } from './store/conversation-store.ts'
import type { TurnLimits } from './turn-run.ts'

export interface ChatAppOptions {
  store: ConversationStore
  model: Model
  orchestratorUrl: string
  /** Folder of the built page; without it only the API is served. */
  webRoot?: string | undefined
  limits?: Partial<TurnLimits> | undefined
  /** Whether a local model is tried at the start. */
  selfTest: boolean
  logger?: FastifyBaseLogger | undefined
}

export function buildApp ({ store, model, orchestratorUrl, webRoot, limits, selfTest, logger }: ChatAppOptions): Service {
  const app = createService({ logger })
  const orchestrator = new OrchestratorClient(orchestratorUrl)

  app.register(pageHeaders)
  app.register(identity)
  app.register(conversationsPlugin, { store })
  app.register(plannerPlugin, { model, tested: selfTest })
  app.register(turns, { model, orchestrator, limits })

  app.register(readiness)
  app.register(planner)
  app.register(conversations, { orchestrator })
  app.register(exportConversation)
  app.register(messages)
  app.register(stream)
  app.register(chat)
  app.register(agui)
  app.register(orchestratorProxy, { url: orchestratorUrl })
  app.register(page, { root: webRoot })

  return app
}
