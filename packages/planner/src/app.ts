import { createService, type ServiceOptions } from '@cortex/service'
import messagesApi from './plugins/messages-api.ts'
import countTokens from './routes/count-tokens.ts'
import messages from './routes/messages.ts'
import models from './routes/models.ts'

export interface PlannerOptions extends ServiceOptions {
  /** Milliseconds between the deltas of a stream; 0 sends them at once. */
  cadenceMs?: number
}

export function buildApp ({ cadenceMs = 14, ...options }: PlannerOptions = {}) {
  const app = createService(options)

  app.register(async (api) => {
    await api.register(messagesApi)

    api.register(messages, { cadenceMs })
    api.register(countTokens)
    api.register(models)
  })

  return app
}
