import { OneOf } from '@cortex/contracts'
import { ConfigError, limitSetting, serviceTokenSetting, signInSettings, tracingSettings } from '@cortex/service'
import { Type, type Static } from '@sinclair/typebox'
import { keyless } from './keyless.ts'
import type { ModelSettings } from './model.ts'

const standardClaude = 'claude-sonnet-5-5'

/** Which model answers. Servers of open models have none that everybody has, so there it must be named. @throws CTX_CONFIG_INVALID */
export function chatModelOf (kind: ModelSettings['kind'], { CORTEX_MODEL: named }: { CORTEX_MODEL?: string | undefined }): string {
  if (kind === 'local' && named === undefined) throw new ConfigError('CORTEX_MODEL must name a model that the server at ANTHROPIC_BASE_URL has; with ANTHROPIC_API_KEY or CORTEX_MODEL_KIND=claude that server is taken for one of Claude')
  return named ?? standardClaude
}

/** Settings of the models that answer in the chat. */
export const chatModelSettings = {
  CORTEX_MODEL: Type.Optional(Type.String({ minLength: 1, description: 'Model that answers in the chat; claude-sonnet-5-5 unless given, and to be given for a server of open models' })),
  CORTEX_FALLBACK_MODEL: Type.Optional(Type.String({ minLength: 1, description: 'Model that answers in the chat while CORTEX_MODEL is overloaded' })),
  CORTEX_SMALL_MODEL: Type.String({ default: 'claude-haiku-5-5', description: 'Claude that writes titles and sums up long conversations; models of other servers do that themselves' }),
  CORTEX_MODELS: Type.Optional(Type.String({ pattern: '^[^\\s,]+(,[^\\s,]+)*$', description: 'Further models a conversation may choose, with commas between them' })),
  CORTEX_CONTEXT_TOKENS: Type.Optional(Type.Integer({ minimum: 2_000, maximum: 2_000_000, description: 'Tokens of conversation the chat sends at most before it sums up the oldest turns; 150,000 for Claude and 24,000 for other models unless given' }))
}

/** What `startChat` wants to know of them. */
export function chatModelsOf (kind: ModelSettings['kind'], config: Pick<ChatConfig, keyof typeof chatModelSettings>): Pick<ModelSettings, 'small' | 'fallback' | 'offered' | 'context'> {
  return {
    small: kind === 'claude' ? config.CORTEX_SMALL_MODEL : undefined,
    fallback: config.CORTEX_FALLBACK_MODEL,
    offered: config.CORTEX_MODELS?.split(','),
    context: config.CORTEX_CONTEXT_TOKENS
  }
}

export const ChatConfig = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on' }),
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000, description: 'Port of the page and the chat; 0 means any free one' }),
  CORTEX_HOME: Type.String({ default: '.cortex', description: 'Data folder' }),
  DATABASE_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://', description: 'PostgreSQL server that stores conversations instead of SQLite in the data folder; any number of chats may share it' })),
  ORCHESTRATOR_URL: Type.String({ default: 'http://127.0.0.1:8000', format: 'http-url', description: 'Where the orchestrator is' }),
  WEB_ROOT: Type.Optional(Type.String({ description: 'Folder of the built page; without it only the API is served' })),
  ...serviceTokenSetting,
  ...signInSettings,
  ...limitSetting,
  CORTEX_MODEL_KIND: OneOf(['rules', 'claude', 'local'], { default: 'claude', description: 'claude; local for a server of open models, rules for the offline planner, both at ANTHROPIC_BASE_URL' }),
  ...chatModelSettings,
  ANTHROPIC_API_KEY: Type.String({ default: keyless, description: 'Key of the Messages API; servers on this machine take any' }),
  ANTHROPIC_BASE_URL: Type.Optional(Type.String({ format: 'http-url', description: 'Another server that speaks the Messages API' })),
  CORTEX_PRICES: Type.Optional(Type.String({ description: 'Prices of models (YAML), without which nothing is known of what they cost; read again when they change' })),
  ...tracingSettings,
  LOG_LEVEL: OneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { default: 'info', description: 'Least level that is logged' })
})
export type ChatConfig = Static<typeof ChatConfig>
