import fp from 'fastify-plugin'
import type { Model } from '../model.ts'
import type { OrchestratorClient } from '../orchestrator-client.ts'
import { TaskFeed } from '../task-feed.ts'
import { Toolbox } from '../toolbox.ts'
import { turnLimits, type TurnLimits } from '../turn-run.ts'
import { Turns } from '../turns.ts'
import { UsageReports } from '../usage-reports.ts'

declare module 'fastify' {
  interface FastifyInstance {
    turns: Turns
  }
}

export interface TurnsOptions {
  model: Model
  orchestrator: OrchestratorClient
  limits?: Partial<TurnLimits> | undefined
}

/** How often turns are looked for whose process may be gone. Milliseconds. */
const takeOverEvery = 2_000

/** What writes into conversations by itself: turns of the model, and the orchestrator's events, which end batches. */
export default fp<TurnsOptions>(async (app, { model, orchestrator, limits }) => {
  const { conversationStore: store, conversationLog: log, log: logger } = app
  const toolbox = new Toolbox(orchestrator, logger)
  const usage = new UsageReports(orchestrator, logger)
  const turns = new Turns({ store, log, model, toolbox, logger, limits: { ...turnLimits, ...limits }, orchestrator, usage })
  const feed = new TaskFeed({
    store,
    log,
    orchestrator,
    logger,
    ended: (conversationId) => turns.wake(conversationId),
    connected: () => {
      usage.send()
      turns.resume().catch((error: unknown) => logger.error({ err: error }, 'what was left unfinished could not be read'))
    }
  })
  app.decorate('turns', turns)
  let timer: NodeJS.Timeout | undefined
  app.addHook('onReady', async () => {
    await store.listen({
      committed: (conversationId, seq) => log.committed(conversationId, seq),
      missed: () => log.missed(),
      heard: ({ kind, conversationId }) => {
        if (kind === 'stop') turns.stopHere(conversationId).catch((error: unknown) => logger.warn({ err: error, conversation: conversationId }, 'a reply could not be stopped'))
        else {
          turns.drop(conversationId)
          log.sayGoodbye(conversationId)
        }
      }
    })
    await turns.resume()
    feed.start()
    if (store.shared) timer = setInterval(() => { turns.takeOver().catch((error: unknown) => logger.debug({ err: error }, 'open turns could not be read')) }, takeOverEvery)
  })
  // Hooks of this kind run last registered first: the store, registered before, closes after.
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await Promise.all([feed.close(), turns.close()])
    await usage.close()
  })
}, { name: 'turns', dependencies: ['conversations'] })
