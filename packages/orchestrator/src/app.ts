import { createService, metrics, type MetricsOptions, type Service } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import type { CoordinatorOptions } from './coordinator.ts'
import { createGate, type OrchestratorGate } from './gate.ts'
import coordinator from './plugins/coordinator.ts'
import credentialStore from './plugins/credentials.ts'
import dispatcher from './plugins/dispatcher.ts'
import openapi from './plugins/openapi.ts'
import retentionRounds, { type Retention } from './plugins/retention.ts'
import storeMetrics from './plugins/store-metrics.ts'
import taskFiles from './plugins/task-files.ts'
import taskMetrics from './plugins/task-metrics.ts'
import taskStore from './plugins/task-store.ts'
import taskTally from './plugins/task-tally.ts'
import tools from './plugins/tools.ts'
import approvals from './routes/approvals.ts'
import audit from './routes/audit.ts'
import batches from './routes/batches.ts'
import conversationUsage from './routes/conversation-usage.ts'
import credentials from './routes/credentials.ts'
import events from './routes/events.ts'
import executeTool from './routes/execute-tool.ts'
import leases from './routes/leases.ts'
import mcp from './routes/mcp.ts'
import policy from './routes/policy.ts'
import readiness from './routes/readiness.ts'
import rollbacks from './routes/rollbacks.ts'
import tasks from './routes/tasks.ts'
import type { CredentialStore } from './store/credential-store.ts'
import type { Dispatcher } from './store/dispatcher.ts'
import type { TaskStore } from './store/task-store.ts'
import type { TaskFiles } from './task-files/task-files.ts'
import cancelTask from './tools/cancel-task.ts'
import createTask from './tools/create-task.ts'
import getMetrics from './tools/get-metrics.ts'
import getTaskStatus from './tools/get-task-status.ts'
import getTasks from './tools/get-tasks.ts'
import listAgents from './tools/list-agents.ts'
import retryTask from './tools/retry-task.ts'

export interface AppOptions {
  logger?: FastifyBaseLogger | undefined
  coordinator: CoordinatorOptions
  files: TaskFiles
  store: TaskStore
  dispatcher: Dispatcher
  retention: Retention
  /** Metrics of another part of this process, to be told with those of this one. */
  metricsBeside?: MetricsOptions['beside']
  credentials: CredentialStore
  /** Who is let in; without it everybody on loopback. */
  gate: OrchestratorGate | null
  /** Whether another person than the one who asked has to approve. */
  approverDiffers: boolean
}

export function buildApp ({ logger, files, store, dispatcher: delivery, retention, metricsBeside, coordinator: options, credentials: kept, gate, approverDiffers }: AppOptions): Service {
  const app = createService({ logger, gate: gate ? createGate(gate, kept) : undefined })

  app.register(openapi)
  app.register(metrics, { beside: metricsBeside })
  app.register(taskStore, { store })
  app.register(credentialStore, { credentials: kept, people: gate?.people ?? null, grace: gate?.grace })
  app.register(taskFiles, { files })
  app.register(taskTally)
  app.register(taskMetrics)
  app.register(dispatcher, { dispatcher: delivery })
  app.register(coordinator, options)
  app.register(storeMetrics)
  app.register(retentionRounds, { retention })
  app.register(tools)

  app.register(createTask)
  app.register(getTaskStatus)
  app.register(getTasks)
  app.register(cancelTask)
  app.register(retryTask)
  app.register(listAgents)
  app.register(getMetrics)

  app.register(executeTool)
  app.register(mcp)
  app.register(tasks)
  app.register(batches)
  app.register(conversationUsage)
  app.register(rollbacks)
  app.register(leases)
  app.register(approvals, { approverDiffers })
  app.register(policy)
  app.register(audit)
  app.register(credentials)
  app.register(events)
  app.register(readiness)

  return app
}
