import { createLogger, readConfig, runProcess } from '@cortex/service'
import { Config } from './config.ts'
import { startPlanner } from './index.ts'

const { HOST: host, PLANNER_PORT: port, LOG_LEVEL: level } = readConfig(Config, process.env)
const logger = createLogger({ level, name: 'planner' })

await runProcess(logger, async () => {
  const planner = await startPlanner({ host, port, logger })
  logger.info({ url: planner.url }, 'ready')
  return planner
})
