import { createService, metrics, type Service, type SignInSettings } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import type { Model } from './model.ts'
import { OrchestratorClient } from './orchestrator-client.ts'
import chatMetrics from './plugins/chat-metrics.ts'
import conversationsPlugin from './plugins/conversations.ts'
import openapi from './plugins/openapi.ts'
import pageHeaders from './plugins/page-headers.ts'
import plannerPlugin from './plugins/planner.ts'
import signInPlugin from './plugins/sign-in.ts'
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
import signIn from './routes/sign-in.ts'
import stream from './routes/stream.ts'
import tokens from './routes/tokens.ts'
import waitingApprovals from './routes/waiting-approvals.ts'
import { createSignIn } from './sign-in/sign-in.ts'
import type { ConversationStore } from './store/conversation-store.ts'
import type { TurnLimits } from './turn-run.ts'

export interface ChatAppOptions {
  store: ConversationStore
  model: Model
  orchestratorUrl: string
  /** What the orchestrator knows the chat by, where it asks. */
  serviceToken?: string | undefined
  /** How people sign in; without it everybody on loopback may do everything. */
  signIn?: SignInSettings | null | undefined
  /** Folder of the built page; without it only the API is served. */
  webRoot?: string | undefined
  limits?: Partial<TurnLimits> | undefined
  /** Whether a local model is tried at the start. */
  selfTest: boolean
  logger?: FastifyBaseLogger | undefined
}

export function buildApp ({ store, model, orchestratorUrl, serviceToken, signIn: settings, webRoot, limits, selfTest, logger }: ChatAppOptions): Service {
  const orchestrator = new OrchestratorClient(orchestratorUrl, serviceToken, logger)
  const signingIn = settings && serviceToken !== undefined ? createSignIn(settings, orchestrator, serviceToken, logger) : null
  const app = createService({ logger, gate: signingIn?.gate })

  app.register(openapi)
  app.register(metrics)
  app.register(pageHeaders, { https: settings?.publicUrl?.protocol === 'https:' })
  app.register(signInPlugin, { signIn: signingIn })
  app.register(conversationsPlugin, { store })
  app.register(plannerPlugin, { model, tested: selfTest })
  app.register(turns, { model, orchestrator, limits })
  app.register(chatMetrics)

  app.register(readiness, { orchestrator })
  app.register(signIn)
  app.register(tokens, { orchestrator })
  app.register(planner)
  app.register(conversations, { orchestrator })
  app.register(exportConversation)
  app.register(messages)
  app.register(stream)
  app.register(chat)
  app.register(agui)
  app.register(waitingApprovals, { orchestrator })
  app.register(orchestratorProxy, { url: orchestratorUrl, serviceToken, orchestrator })
  app.register(page, { root: webRoot })

  return app
}
