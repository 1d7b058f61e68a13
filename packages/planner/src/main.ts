import { createLogger, readConfig, runProcess, startTraced } from '@cortex/service'
import { Config } from './config.ts'
import { startPlanner } from './index.ts'

const config = readConfig(Config, process.env)
const { HOST: host, PLANNER_PORT: port, LOG_LEVEL: level } = config
const logger = createLogger({ level, name: 'planner' })

await runProcess(logger, async () => {
  const planner = await startTraced(config, 'planner', () => startPlanner({ host, port, logger }))
  logger.info({ url: planner.url }, 'ready')
  return planner
})
