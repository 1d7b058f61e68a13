import { join } from 'node:path'
import { createLogger, readConfig, readPrices, readWorkerToken, runProcess } from '@cortex/service'
import { clusterOf } from './cluster-config.ts'
import { AgentsConfig } from './config.ts'
import { redactLine } from './redact.ts'
import { startAgents } from './start.ts'

const config = readConfig(AgentsConfig, process.env)
const logger = createLogger({ level: config.LOG_LEVEL, name: 'agents', redactLine })
await runProcess(logger, async () => {
  const { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseUrl, CORTEX_WORKER_MODEL: model } = config
  const running = await startAgents({
    orchestratorUrl: config.ORCHESTRATOR_URL,
    token: config.CORTEX_WORKER_TOKEN ?? readWorkerToken(config.CORTEX_HOME),
    workspace: config.CORTEX_WORKSPACE ?? join(config.CORTEX_HOME, 'workspace'),
    agentId: config.CORTEX_AGENT_ID,
    model: apiKey === undefined ? null : { baseUrl, apiKey, model },
    modelLimits: { context: config.CORTEX_WORKER_CONTEXT },
    prices: readPrices(config.CORTEX_PRICES),
    policyFile: config.CORTEX_POLICY,
    toolkitsFile: config.CORTEX_TOOLKITS,
    mastersFolder: config.CORTEX_MASTERS,
    runbooksFolder: config.CORTEX_RUNBOOKS,
    cluster: clusterOf(config),
    logger
  })
  // Said once signals are listened to, for whoever waits for this line may send one.
  setImmediate(() => logger.info({ orchestrator: config.ORCHESTRATOR_URL }, 'ready'))
  return running
})
