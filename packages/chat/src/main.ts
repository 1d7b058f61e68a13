import { redact, redactLine } from '@cortex/secrets'
import { keepPrices, keepServiceToken, passStart, readSignIn, runWithSettings, startTraced } from '@cortex/service'
import { chatChecks, checkServiceToken } from './check-start.ts'
import { ChatConfig, chatModelOf, chatModelsOf } from './config.ts'
import { startChat } from './start.ts'

await runWithSettings({ name: 'chat', settings: ChatConfig, env: process.env, redactLine }, async (config, logger) => {
  await passStart(chatChecks(config, logger))
  const signIn = readSignIn(config, config.HOST)
  const serviceToken = config.CORTEX_SERVICE_TOKEN ?? (signIn ? keepServiceToken(config.CORTEX_HOME) : undefined)
  await checkServiceToken(config.ORCHESTRATOR_URL, serviceToken)
  const prices = await keepPrices(config.CORTEX_PRICES, logger)
  const running = await startTraced(config, 'chat', () => startChat({
    home: config.CORTEX_HOME,
    host: config.HOST,
    port: config.PORT,
    databaseUrl: config.DATABASE_URL,
    orchestratorUrl: config.ORCHESTRATOR_URL,
    serviceToken,
    signIn,
    model: { kind: config.CORTEX_MODEL_KIND, model: chatModelOf(config.CORTEX_MODEL_KIND, config), apiKey: config.ANTHROPIC_API_KEY, baseUrl: config.ANTHROPIC_BASE_URL, ...chatModelsOf(config.CORTEX_MODEL_KIND, config) },
    prices,
    webRoot: config.WEB_ROOT,
    logger
  }), redact)
  logger.info({ url: running.url }, 'ready')
  return { close: async () => { await Promise.all([running.close(), prices.close()]) } }
})
