import { passStart, runWithSettings, startTraced } from '@cortex/service'
import { orchestratorChecks } from './check-start.ts'
import { budgetOf, gateOf, OrchestratorConfig } from './config.ts'
import { startOrchestrator } from './start.ts'

await runWithSettings({ name: 'orchestrator', settings: OrchestratorConfig, env: process.env }, async (config, logger) => {
  await passStart(orchestratorChecks(config))
  const running = await startTraced(config, 'orchestrator', () => startOrchestrator({
    home: config.CORTEX_HOME,
    databaseUrl: config.DATABASE_URL,
    retention: { taskDays: config.TASK_RETENTION, archiveDays: config.ARCHIVE_RETENTION, auditDays: config.AUDIT_RETENTION },
    tasksDir: config.TASKS_DIR,
    budget: budgetOf(config),
    concurrency: config.CORTEX_CONCURRENCY,
    gate: gateOf(config, logger),
    approverDiffers: config.CORTEX_APPROVER_DIFFERS,
    host: config.HOST,
    port: config.ORCHESTRATOR_PORT,
    logger
  }))
  logger.info({ url: running.url }, 'ready')
  return running
})
