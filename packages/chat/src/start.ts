import type { Prices } from '@cortex/contracts'
import { startService, type ListenOptions } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import { buildApp } from './app.ts'
import { createModel, type ModelSettings } from './model.ts'
import { openStore } from './store/open-store.ts'
import type { TurnLimits } from './turn-run.ts'

export interface ChatOptions extends ListenOptions {
  /** Data folder; without a database `chat.db` is made in it. */
  home: string
  /** A PostgreSQL server that stores conversations instead; any number of chats may share it. */
  databaseUrl?: string | undefined
  /** Milliseconds after which another chat on the same database is taken for gone. */
  claimDuration?: number | undefined
  orchestratorUrl: string
  model: ModelSettings
  /** What models cost; without them their cost is not counted. */
  prices?: Prices | undefined
  /** Folder of the built page; without it only the API is served. */
  webRoot?: string | undefined
  limits?: Partial<TurnLimits> | undefined
  /** Tries at the start whether a local model makes parallel calls; it does unless told otherwise. */
  selfTest?: boolean | undefined
  logger?: FastifyBaseLogger | undefined
}

/**
 * Opens the store, takes up turns an earlier process left, and listens.
 * `close` sends streams away with `goodbye` and leaves running turns where the next process takes them up.
 */
export async function startChat ({ home, databaseUrl, claimDuration, host, port, orchestratorUrl, model, prices = { models: {} }, webRoot, limits, selfTest = true, logger }: ChatOptions): Promise<{ url: string, close: () => Promise<void> }> {
  const app = buildApp({ store: await openStore({ home, databaseUrl, claimDuration, logger }), model: createModel(model, prices, logger), orchestratorUrl, webRoot, limits, selfTest, logger })
  try {
    const url = await startService(app, { host, port })
    return { url, close: () => app.close() }
  } catch (error) {
    await app.close()
    throw error
  }
}
