import { Type, type Static } from '@sinclair/typebox'
import { clusterSettings } from './cluster-config.ts'
import { workspaceSettings } from './workspace-settings.ts'

export const AgentsConfig = Type.Object({
  ORCHESTRATOR_URL: Type.String({ default: 'http://127.0.0.1:8000', format: 'http-url', description: 'Where tasks are leased' }),
  CORTEX_WORKER_TOKEN: Type.Optional(Type.String({ minLength: 32, maxLength: 200, description: 'API token with the role worker, where the orchestrator asks for one; worker-token in the data folder unless set' })),
  CORTEX_HOME: Type.String({ default: '.cortex', description: 'Data folder; holds the workspace unless CORTEX_WORKSPACE names another' }),
  CORTEX_WORKSPACE: Type.Optional(Type.String({ description: 'The gitops workspace: a git repository with a commit, instead of workspace/ in the data folder, which is made' })),
  ...workspaceSettings,
  CORTEX_AGENT_ID: Type.String({ default: 'agents', pattern: '^[a-zA-Z0-9._-]{1,100}$', description: 'The same at each start, so that this agent gets its own tasks back at once; another for each replica' }),
  CORTEX_POLICY: Type.Optional(Type.String({ description: 'Policy file (YAML): what runs, what is asked, what is denied; read again when it changes' })),
  CORTEX_TOOLKITS: Type.Optional(Type.String({ description: 'Toolkits file (YAML): addresses, commands and MCP servers that workers may use; read again when it changes' })),
  CORTEX_MASTERS: Type.Optional(Type.String({ description: 'Folder with masters of the operator' })),
  CORTEX_RUNBOOKS: Type.Optional(Type.String({ description: 'Folder with runbooks of the operator' })),
  CORTEX_ONLY_MASTERS: Type.Optional(Type.String({ description: 'Ids of the masters to work for, separated by commas, where other agents work for the others; all unless set' })),
  HOST: Type.String({ default: '127.0.0.1', description: 'Address on which probes and Prometheus are answered' }),
  AGENTS_PORT: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535, description: 'Port of /livez, /readyz and /metrics, and of nothing else; 0 means any free one; none unless set' })),
  ANTHROPIC_API_KEY: Type.Optional(Type.String({ description: 'Lets Claude do what no runbook fits' })),
  ANTHROPIC_BASE_URL: Type.Optional(Type.String({ format: 'http-url', description: 'Another server of the Messages API' })),
  CORTEX_WORKER_MODEL: Type.Optional(Type.String({ minLength: 1, description: 'Model of the workers; without it CORTEX_MODEL where ANTHROPIC_BASE_URL stands without a key, and claude-opus-5-5 else' })),
  CORTEX_MODEL: Type.Optional(Type.String({ minLength: 1, description: 'Model of the chat, which workers ask too at a server of open models' })),
  CORTEX_WORKER_CONTEXT: Type.Integer({ default: 400_000, minimum: 20_000, description: 'Characters of conversation a worker sends its model; for a window of fewer than 200,000 tokens, twice what it holds beyond 8,000' }),
  CORTEX_PRICES: Type.Optional(Type.String({ description: 'Prices of models (YAML), without which nothing is known of what they cost; read again when they change' })),
  ...clusterSettings,
  LOG_LEVEL: Type.Unsafe<'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'>({ type: 'string', enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], default: 'info' })
})

export const standardWorkerModel = 'claude-opus-5-5'

export type AgentsConfig = Static<typeof AgentsConfig>
