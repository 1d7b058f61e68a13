import Anthropic from '@anthropic-ai/sdk'
import type { MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/messages'
import type { ModelPrice, PlannerIdentity, Prices, ToolDefinition } from '@cortex/contracts'
import { concealCredentials, type Concealer } from '@cortex/secrets/credentials'
import type { Current } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import { keyless } from './keyless.ts'
import { systemPrompt } from './system-prompt.ts'

export interface ModelSettings {
  /** `rules` is the offline planner, `local` a server of open models; both speak the Messages API without its newer fields. */
  kind: PlannerIdentity['kind']
  baseUrl?: string | undefined
  apiKey: string
  model: string
  /** Writes titles and sums up long conversations; without it titles are the first words, and the model itself sums up. */
  small?: string | undefined
  /** Asked while the model is overloaded. */
  fallback?: string | undefined
  /** Others that a conversation may choose. */
  offered?: readonly string[] | undefined
  /** Tokens of conversation that are sent at most; what the kind usually reads unless given. */
  context?: number | undefined
}

/** Its spans hold no words of a conversation. The context goes with the request by the instrumentation of fetch; twice would make it unreadable. */
const openTelemetry = { propagation: false, traces: { contentMode: 'metadata_only' } } as const

/** Who answers, and how much of it may be asked at once. */
export interface Model {
  readonly client: Anthropic
  readonly kind: PlannerIdentity['kind']
  readonly notice: string | null
  /** The model of conversations that chose none. */
  readonly standard: string
  readonly small: string | null
  readonly fallback: string | null
  /** All a conversation may choose, the standard one first. */
  readonly offered: readonly string[]
  /** Tokens of conversation that are sent at most, by a careful estimate. */
  readonly budget: number
  /** Whatever its server says goes through this before a person, a log or the store gets it. */
  readonly conceal: Concealer
  /** What a model costs, where that is known. */
  priceOf (model: string): ModelPrice | undefined
  /** All of a request but its messages. */
  request (model: string, tools: readonly ToolDefinition[]): Omit<MessageCreateParamsBase, 'messages'>
}

/** What each kind understands. Fields of 5.x models make other servers refuse the request. */
const profiles: Readonly<Record<PlannerIdentity['kind'], { budget: number, notice: string | null, fields: Pick<MessageCreateParamsBase, 'max_tokens' | 'thinking' | 'cache_control'> }>> = {
  claude: { budget: 150_000, notice: null, fields: { max_tokens: 32_000, thinking: { type: 'adaptive', display: 'summarized' }, cache_control: { type: 'ephemeral' } } },
  local: { budget: 24_000, notice: null, fields: { max_tokens: 8_192 } },
  rules: { budget: 150_000, notice: 'Rule-based planner, no language model. Set ANTHROPIC_API_KEY for Claude.', fields: { max_tokens: 8_192 } }
}

/** Rules are no model: what they count as tokens costs nothing. */
const free: ModelPrice = { input: 0, output: 0, cache_read: 0, cache_write: 0 }

export function createModel ({ kind, baseUrl, apiKey, model, small, fallback, offered = [], context }: ModelSettings, prices: Current<Prices>, logger: FastifyBaseLogger | undefined): Model {
  const { budget, notice, fields } = profiles[kind]
  const conceal = concealCredentials([apiKey === keyless ? null : apiKey])
  return {
    client: new Anthropic({ apiKey, authToken: null, baseURL: baseUrl, logger: sdkLogger(logger, conceal), logLevel: logger ? 'warn' : 'off', maxRetries: 2, openTelemetry }),
    conceal,
    kind,
    notice,
    standard: model,
    small: small ?? null,
    fallback: fallback ?? null,
    offered: [...new Set([model, ...offered])],
    budget: context ?? budget,
    priceOf: (id) => kind === 'rules' ? free : prices.value.models[id],
    request: (id, tools) => ({ ...fields, model: id, system: systemPrompt, tools: tools.map(({ name, description, input_schema: schema }) => ({ name, description, input_schema: schema })) })
  }
}

/** The SDK's own logger writes to stdout, and what it adds to a message may hold what people wrote. */
function sdkLogger (logger: FastifyBaseLogger | undefined, conceal: Concealer) {
  const at = (level: 'error' | 'warn' | 'info' | 'debug') => (message: string) => logger?.[level]({ from: 'anthropic-sdk' }, conceal.text(message))
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') }
}
