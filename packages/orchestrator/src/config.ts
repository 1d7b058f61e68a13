import { keepServiceToken, limitSetting, People, serviceTokenSetting, tracingSettings, usersSetting } from '@cortex/service'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyBaseLogger } from 'fastify'
import type { Budget } from './domain/budget.ts'
import type { OrchestratorGate } from './gate.ts'

const Dollars = (what: string) => Type.Optional(Type.Number({ minimum: 0, description: `US dollars ${what} may cost; the model is not asked again beyond it` }))
const Tokens = (what: string) => Type.Optional(Type.Integer({ minimum: 0, description: `Tokens ${what} may read and write, those of the cache among them` }))

/** No limit unless set. */
export const budgetSettings = {
  CORTEX_BUDGET_TASK_USD: Dollars('one task'),
  CORTEX_BUDGET_BATCH_USD: Dollars('the tasks of one batch'),
  CORTEX_BUDGET_CONVERSATION_USD: Dollars('the tasks of one conversation'),
  CORTEX_BUDGET_TASK_TOKENS: Tokens('one task'),
  CORTEX_BUDGET_BATCH_TOKENS: Tokens('the tasks of one batch'),
  CORTEX_BUDGET_CONVERSATION_TOKENS: Tokens('the tasks of one conversation')
}

export const approvalSettings = {
  CORTEX_APPROVER_DIFFERS: Type.Boolean({ default: false, description: 'true: nobody approves what they asked for themselves; needs sign-in' })
}

export const OrchestratorConfig = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on' }),
  ORCHESTRATOR_PORT: Type.Integer({ minimum: 0, maximum: 65535, default: 8000, description: 'Port of the orchestrator; 0 means any free one' }),
  CORTEX_HOME: Type.String({ default: '.cortex', description: 'Data folder' }),
  TASKS_DIR: Type.Optional(Type.String({ description: 'Folder of the task files; `tasks` in the data folder unless given' })),
  DATABASE_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://', description: 'PostgreSQL server that stores tasks instead of SQLite in the data folder, postgresql://user:password@host:5432/database; any number of orchestrators may share it' })),
  TASK_RETENTION: Type.Integer({ minimum: 1, maximum: 36_500, default: 30, description: 'Days an ended task stays in the lists; then it moves into the archive, where it is found by its id' }),
  ARCHIVE_RETENTION: Type.Integer({ minimum: 1, maximum: 36_500, default: 365, description: 'Days after which an archived task is forgotten' }),
  AUDIT_RETENTION: Type.Integer({ minimum: 1, maximum: 36_500, default: 1_095, description: 'Days the audit is kept; it tells of tasks that are long forgotten' }),
  CORTEX_CONCURRENCY: Type.Integer({ minimum: 1, maximum: 10_000, default: 16, description: 'Tasks that may run at once, over all masters' }),
  ...budgetSettings,
  ...tracingSettings,
  ...serviceTokenSetting,
  ...usersSetting,
  ...limitSetting,
  ...approvalSettings,
  LOG_LEVEL: Type.Unsafe<'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'>({ type: 'string', enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], default: 'info', description: 'Least level that is logged' })
})
export type OrchestratorConfig = Static<typeof OrchestratorConfig>

export function budgetOf (config: Pick<OrchestratorConfig, keyof typeof budgetSettings>): Budget {
  return {
    task: { usd: config.CORTEX_BUDGET_TASK_USD ?? null, tokens: config.CORTEX_BUDGET_TASK_TOKENS ?? null },
    batch: { usd: config.CORTEX_BUDGET_BATCH_USD ?? null, tokens: config.CORTEX_BUDGET_BATCH_TOKENS ?? null },
    conversation: { usd: config.CORTEX_BUDGET_CONVERSATION_USD ?? null, tokens: config.CORTEX_BUDGET_CONVERSATION_TOKENS ?? null }
  }
}

/**
 * Who is let in by the settings, or null for everybody on loopback.
 * @throws CTX_USERS_INVALID
 */
export function gateOf (config: Pick<OrchestratorConfig, 'CORTEX_HOME' | 'CORTEX_SERVICE_TOKEN' | 'CORTEX_USERS' | 'CORTEX_RATE_LIMIT'>, logger?: FastifyBaseLogger): OrchestratorGate | null {
  const { CORTEX_SERVICE_TOKEN: given, CORTEX_USERS: usersFile } = config
  if (given === undefined && usersFile === undefined) return null
  return {
    serviceToken: given ?? keepServiceToken(config.CORTEX_HOME),
    people: usersFile === undefined ? null : new People(usersFile, logger),
    requestsPerMinute: config.CORTEX_RATE_LIMIT
  }
}
