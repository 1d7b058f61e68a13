import { join } from 'node:path'
import { createLogger, readConfig, readPrices, runProcess } from '@cortex/service'
import { clusterOf } from './cluster-config.ts'
import { AgentsConfig } from './config.ts'
import { answerProbes } from './probes.ts'
import { redactLine } from './redact.ts'
import { startAgents } from './start.ts'

const config = readConfig(AgentsConfig, process.env)
const logger = createLogger({ level: config.LOG_LEVEL, name: 'agents', redactLine })
await runProcess(logger, async () => {
  const { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseUrl, CORTEX_WORKER_MODEL: model } = config
  const running = await startAgents({
    orchestratorUrl: config.ORCHESTRATOR_URL,
    workspace: config.CORTEX_WORKSPACE ?? join(config.CORTEX_HOME, 'workspace'),
    agentId: config.CORTEX_AGENT_ID,
    // A server of open models asks for no key.
    model: apiKey === undefined && baseUrl === undefined ? null : { baseUrl, apiKey: apiKey ?? 'offline', model },
    modelLimits: { context: config.CORTEX_WORKER_CONTEXT },
    prices: readPrices(config.CORTEX_PRICES),
    policyFile: config.CORTEX_POLICY,
    toolkitsFile: config.CORTEX_TOOLKITS,
    mastersFolder: config.CORTEX_MASTERS,
    runbooksFolder: config.CORTEX_RUNBOOKS,
    only: config.CORTEX_ONLY_MASTERS?.split(',').map((id) => id.trim()),
    cluster: clusterOf(config),
    logger
  })
  const probes = config.AGENTS_PORT === undefined ? null : await answerProbes({ host: config.HOST, port: config.AGENTS_PORT, ready: running.ready })
  // Said once signals are listened to, for whoever waits for this line may send one.
  setImmediate(() => logger.info({ orchestrator: config.ORCHESTRATOR_URL, ...(probes && { probes: probes.url }) }, 'ready'))
  return {
    async close () {
      await running.close()
      await probes?.close()
    }
  }
})
