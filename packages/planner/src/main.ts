import { runWithSettings, startTraced } from '@cortex/service'
import { Config } from './config.ts'
import { startPlanner } from './index.ts'

await runWithSettings({ name: 'planner', settings: Config, env: process.env }, async (config, logger) => {
  const planner = await startTraced(config, 'planner', () => startPlanner({ host: config.HOST, port: config.PLANNER_PORT, logger }))
  logger.info({ url: planner.url }, 'ready')
  return planner
})
