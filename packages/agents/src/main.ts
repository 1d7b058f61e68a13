import { join } from 'node:path'
import { redact, redactLine } from '@cortex/secrets'
import { Type } from '@sinclair/typebox'
import { collectDefaultMetrics } from 'prom-client'
import { asAddressError, keepPrices, passStart, readWorkerToken, runWithSettings, startTraced, tracingSettings } from '@cortex/service'
import { createAgentMetrics } from './agent-metrics.ts'
import { agentChecks, masterIdsOf, workerModelOf } from './check-start.ts'
import { clusterOf } from './cluster-config.ts'
import { AgentsConfig } from './config.ts'
import { idleSettings } from './idle-settings.ts'
import { OrchestratorClient } from './orchestrator-client.ts'
import { answerProbes } from './probes.ts'
import type { Run } from './run.ts'
import { startAgents } from './start.ts'

const settings = Type.Object({ ...AgentsConfig.properties, ...tracingSettings })
/** Milliseconds a start waits for the orchestrator to say whether it knows us. */
const patience = 5_000

await runWithSettings({ name: 'agents', settings, env: process.env, redactLine }, async (config, logger) => {
  const { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseUrl } = config
  const model = workerModelOf(config)
  const workspace = config.CORTEX_WORKSPACE ?? join(config.CORTEX_HOME, 'workspace')
  await passStart(agentChecks(config, { workspace, logger }))
  const token = config.CORTEX_WORKER_TOKEN ?? readWorkerToken(config.CORTEX_HOME)
  await new OrchestratorClient(config.ORCHESTRATOR_URL, token).introduce(AbortSignal.timeout(patience))
  for (const said of idleSettings(config)) logger.warn(said)
  const prices = await keepPrices(config.CORTEX_PRICES, logger)
  const running = await startTraced(config, 'agents', () => startAgents({
    orchestratorUrl: config.ORCHESTRATOR_URL,
    token,
    workspace,
    agentId: config.CORTEX_AGENT_ID,
    // A server of open models asks for no key.
    model: model === null ? null : { baseUrl, apiKey: apiKey ?? 'offline', model },
    modelLimits: { context: config.CORTEX_WORKER_CONTEXT },
    prices,
    policyFile: config.CORTEX_POLICY,
    toolkitsFile: config.CORTEX_TOOLKITS,
    mastersFolder: config.CORTEX_MASTERS,
    runbooksFolder: config.CORTEX_RUNBOOKS,
    only: masterIdsOf(config),
    cluster: clusterOf(config),
    logger
  }), redact)
  const probes = config.AGENTS_PORT === undefined ? null : await startProbes(config.HOST, config.AGENTS_PORT, running.fault)
  // Said once signals are listened to, for whoever waits for this line may send one.
  setImmediate(() => logger.info({ orchestrator: config.ORCHESTRATOR_URL, ...(probes && { probes: probes.url }) }, 'ready'))
  return {
    async close () {
      await Promise.all([running.close(), prices.close()])
      await probes?.close()
    }
  }
})

async function startProbes (host: string, port: number, fault: Run['fault']): Promise<Awaited<ReturnType<typeof answerProbes>>> {
  const { registry } = createAgentMetrics()
  collectDefaultMetrics({ register: registry })
  return await answerProbes({ host, port, fault, metrics: registry }).catch((error: unknown) => { throw asAddressError(error, { host, port }, 'AGENTS_PORT') })
}
