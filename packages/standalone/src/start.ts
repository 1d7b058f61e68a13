import { createHash } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { clusterOf, createAgentMetrics, standardWorkerModel, startAgents } from '@cortex/agents'
import { chatModelOf, chatModelsOf, startChat, type ModelSettings } from '@cortex/chat'
import { budgetOf, gateOf, startOrchestrator } from '@cortex/orchestrator'
import { startPlanner } from '@cortex/planner'
import { keepPrices, makeFolder, passStart, readSignIn, workerTokenOf } from '@cortex/service'
import { buildPage } from '@cortex/web/build'
import type { Logger } from 'pino'
import { modelKindOf, settingsForNothing, startChecks, workspaceOf } from './check-start.ts'
import type { StandaloneConfig } from './config.ts'

export interface Standalone {
  chatUrl: string
  orchestratorUrl: string
  close (): Promise<void>
}

/** All of it in one process. What was started is ended in the reverse order: workers first, the store last. */
export async function startStandalone (config: StandaloneConfig, logger: Logger): Promise<Standalone> {
  await passStart(startChecks(config, logger))
  for (const said of settingsForNothing(config)) logger.warn(said)
  const home = resolve(config.CORTEX_HOME)
  makeFolder(home, 'CORTEX_HOME', 0o700)
  const readyFile = join(home, 'ready.json')
  const parts: Array<{ close: () => Promise<void> }> = []
  const close = async () => {
    for (const part of parts.splice(0).reverse()) await part.close()
  }
  const keep = <T extends { close: () => Promise<void> }>(part: T): T => {
    parts.push(part)
    return part
  }
  const named = (name: string) => logger.child({ service: name })
  try {
    const signIn = readSignIn(config, config.HOST)
    const gate = gateOf({ ...config, CORTEX_HOME: home }, named('orchestrator'))
    const prices = keep(await keepPrices(config.CORTEX_PRICES, logger))
    const building = buildPage()
    const agentMetrics = keep(createAgentMetrics())
    const orchestrator = keep(await startOrchestrator({
      home,
      metricsBeside: agentMetrics.registry,
      databaseUrl: config.DATABASE_URL,
      retention: { taskDays: config.TASK_RETENTION, archiveDays: config.ARCHIVE_RETENTION, auditDays: config.AUDIT_RETENTION },
      tasksDir: config.TASKS_DIR,
      budget: budgetOf(config),
      concurrency: config.CORTEX_CONCURRENCY,
      gate,
      approverDiffers: config.CORTEX_APPROVER_DIFFERS,
      host: config.HOST,
      port: config.ORCHESTRATOR_PORT,
      logger: named('orchestrator')
    }))
    const usesRules = modelKindOf(config) === 'rules'
    const planner = usesRules ? keep(await startPlanner({ host: '127.0.0.1', port: 0, logger: named('planner') })) : null
    const model = modelSettings(config, planner?.url)
    const workerModel = config.CORTEX_WORKER_MODEL ?? (model.kind === 'local' ? model.model : standardWorkerModel)
    logger.info({ kind: model.kind, chat: model.model, ...(!usesRules && { workers: workerModel }) }, usesRules ? 'rules and runbooks, no model' : `models: ${model.model} in the chat, ${workerModel} for workers`)
    const chat = keep(await startChat({
      home,
      databaseUrl: config.DATABASE_URL,
      host: config.HOST,
      port: config.PORT,
      orchestratorUrl: orchestrator.url,
      serviceToken: gate?.serviceToken,
      signIn,
      model: { ...model, ...chatModelsOf(model.kind, config) },
      prices,
      webRoot: await building,
      logger: named('chat')
    }))
    keep(await startAgents({
      orchestratorUrl: orchestrator.url,
      token: gate ? workerTokenOf(gate.serviceToken) : undefined,
      workspace: workspaceOf(config),
      agentId: agentIdOf(home),
      model: usesRules ? null : { ...model, model: workerModel },
      modelLimits: { context: config.CORTEX_WORKER_CONTEXT },
      prices,
      policyFile: config.CORTEX_POLICY,
      toolkitsFile: config.CORTEX_TOOLKITS,
      mastersFolder: config.CORTEX_MASTERS,
      runbooksFolder: config.CORTEX_RUNBOOKS,
      cluster: clusterOf(config),
      logger: named('agents')
    }))
    // First to go at a stop, and only ever ours: a second process that was refused must not take away the first one's.
    parts.push({ close: async () => rmSync(readyFile, { force: true }) })
    writeReadyFile(readyFile, { chat_url: chat.url, orchestrator_url: orchestrator.url, pid: process.pid })
    return { chatUrl: chat.url, orchestratorUrl: orchestrator.url, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Claude, another server of the same API, or the rules: one code path, told apart by address and key unless it is said. */
function modelSettings (config: StandaloneConfig, plannerUrl: string | undefined): ModelSettings {
  if (plannerUrl !== undefined) return { kind: 'rules', baseUrl: plannerUrl, apiKey: 'offline', model: 'cortex-rules-1' }
  const { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseUrl } = config
  const kind = modelKindOf(config)
  return { kind, ...(baseUrl && { baseUrl }), apiKey: apiKey ?? 'offline', model: chatModelOf(kind, config) }
}

/** The same after a restart, so that its leases are given out anew at once, and another for each machine and data folder: several may share a database. */
function agentIdOf (home: string): string {
  return `standalone-${createHash('sha256').update(`${hostname()}\n${home}`).digest('hex').slice(0, 12)}`
}

/** Whole or not at all: scripts wait for this file. */
function writeReadyFile (path: string, content: { chat_url: string, orchestrator_url: string, pid: number }): void {
  writeFileSync(`${path}.tmp`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.tmp`, path)
}
