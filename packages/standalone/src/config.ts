import { clusterSettings } from '@cortex/agents/cluster'
import { workspaceSettings } from '@cortex/agents/workspace-settings'
import { chatModelSettings } from '@cortex/chat/config'
import { OneOf } from '@cortex/contracts'
import { approvalSettings, budgetSettings, OrchestratorConfig } from '@cortex/orchestrator/config'
import { limitSetting, serviceTokenSetting, signInSettings } from '@cortex/service/sign-in-settings'
import { tracingSettings } from '@cortex/service/tracing-config'
import { Type, type Static } from '@sinclair/typebox'

const Port = (port: number, description: string) => Type.Integer({ minimum: 0, maximum: 65_535, default: port, description: `${description}; 0 means any free one` })

/** Every setting of `npm start`, read once. `--help` prints it. */
export const StandaloneConfig = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on; another than loopback needs CORTEX_USERS' }),
  PORT: Port(3000, 'Port of the page and the chat'),
  ORCHESTRATOR_PORT: Port(8000, 'Port of the orchestrator'),
  CORTEX_HOME: Type.String({ default: '.cortex', description: 'Data folder: the stores, tasks/ and workspace/' }),
  TASKS_DIR: Type.Optional(Type.String({ description: 'Folder of the task files, instead of tasks/ in the data folder' })),
  CORTEX_WORKSPACE: Type.Optional(Type.String({ description: 'The gitops repository to work on, instead of workspace/ in the data folder' })),
  ...workspaceSettings,
  CORTEX_CONCURRENCY: Type.Integer({ minimum: 1, maximum: 10_000, default: 16, description: 'Tasks that may run at once, over all masters' }),
  CORTEX_POLICY: Type.Optional(Type.String({ description: 'Policy file, read again when it changes; without one, reads are free and every change asks a person' })),
  CORTEX_TOOLKITS: Type.Optional(Type.String({ description: 'Toolkits file: addresses, commands and MCP servers that workers may use, read again when it changes; without one, none' })),
  CORTEX_MASTERS: Type.Optional(Type.String({ description: 'Folder with masters of your own; one with the id of a built-in one takes its place' })),
  CORTEX_RUNBOOKS: Type.Optional(Type.String({ description: 'Folder with runbooks of your own' })),
  ...clusterSettings,
  ANTHROPIC_API_KEY: Type.Optional(Type.String({ description: 'Key of the Messages API: Claude plans and works instead of rules and runbooks alone' })),
  ANTHROPIC_BASE_URL: Type.Optional(Type.String({ format: 'http-url', description: 'Another server that speaks the Messages API; may stand without a key' })),
  CORTEX_MODEL_KIND: Type.Optional(OneOf(['claude', 'local'], { description: 'What speaks at ANTHROPIC_BASE_URL: claude, or local for a server of open models; claude when there is a key, unless given' })),
  ...chatModelSettings,
  CORTEX_WORKER_MODEL: Type.Optional(Type.String({ description: 'Model of the workers; CORTEX_MODEL for a server of open models and claude-opus-5-5 else, unless given or named by a master' })),
  CORTEX_WORKER_CONTEXT: Type.Integer({ default: 400_000, minimum: 20_000, description: 'Characters of conversation a worker sends its model; for a window of fewer than 200,000 tokens, twice what it holds beyond 8,000' }),
  DATABASE_URL: { ...OrchestratorConfig.properties.DATABASE_URL, description: 'PostgreSQL server that stores tasks and conversations instead of SQLite in the data folder, postgresql://user:password@host:5432/database; any number of processes may share it' },
  TASK_RETENTION: OrchestratorConfig.properties.TASK_RETENTION,
  ARCHIVE_RETENTION: OrchestratorConfig.properties.ARCHIVE_RETENTION,
  AUDIT_RETENTION: OrchestratorConfig.properties.AUDIT_RETENTION,
  ...budgetSettings,
  ...signInSettings,
  ...approvalSettings,
  ...serviceTokenSetting,
  ...limitSetting,
  CORTEX_PRICES: Type.Optional(Type.String({ description: 'Prices of models (YAML), without which nothing is known of what they cost; read again when they change' })),
  ...tracingSettings,
  LOG_LEVEL: OneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { default: 'info', description: 'Least level that is logged' })
})
export type StandaloneConfig = Static<typeof StandaloneConfig>

/** The settings as `--help` shows them. */
export function describeSettings (): string {
  const rows = Object.entries(StandaloneConfig.properties).map(([name, { description, default: standard }]) =>
    `  ${name.padEnd(34)} ${description ?? ''}${standard === undefined ? '' : ` (${standard})`}`)
  return `Usage: npm start

Starts the page, the chat, the orchestrator, the agents and, without an API key, the offline planner, in one process.
Open the address in the line that says "ready". Settings are environment variables:

${rows.join('\n')}
`
}
