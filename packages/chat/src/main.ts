import { createLogger, readConfig, readPrices, runProcess } from '@cortex/service'
import { ChatConfig, chatModelsOf } from './config.ts'
import { startChat } from './start.ts'

const config = readConfig(ChatConfig, process.env)
const logger = createLogger({ level: config.LOG_LEVEL, name: 'chat' })
await runProcess(logger, async () => {
  const running = await startChat({
    home: config.CORTEX_HOME,
    host: config.HOST,
    port: config.PORT,
    databaseUrl: config.DATABASE_URL,
    orchestratorUrl: config.ORCHESTRATOR_URL,
    model: { kind: config.CORTEX_MODEL_KIND, model: config.CORTEX_MODEL, apiKey: config.ANTHROPIC_API_KEY, baseUrl: config.ANTHROPIC_BASE_URL, ...chatModelsOf(config.CORTEX_MODEL_KIND, config) },
    prices: readPrices(config.CORTEX_PRICES),
    webRoot: config.WEB_ROOT,
    logger
  })
  logger.info({ url: running.url }, 'ready')
  return running
})
