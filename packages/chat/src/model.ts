import Anthropic from '@anthropic-ai/sdk'
import type { MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/messages'
import type { ModelPrice, PlannerIdentity, Prices, ToolDefinition } from '@cortex/contracts'
import type { Current } from '@cortex/service'
import type { FastifyBaseLogger } from 'fastify'
import { systemPrompt } from './system-prompt.ts'

export interface ModelSettings {
  /** `rules` is the offline planner, `local` a server of open models; both speak the Messages API without its newer fields. */
  kind: PlannerIdentity['kind']
  baseUrl?: string | undefined
  apiKey: string
  model: string
}

/** Its spans hold no words of a conversation. The context goes with the request by the instrumentation of fetch; twice would make it unreadable. */
const openTelemetry = { propagation: false, traces: { contentMode: 'metadata_only' } } as const

/** Who answers, and how much of it may be asked at once. */
export interface Model {
  readonly client: Anthropic
  readonly identity: PlannerIdentity
  /** Tokens of conversation that are sent at most, by a careful estimate. */
  readonly budget: number
  /** What it costs, where that is known. */
  readonly price: ModelPrice | undefined
  /** All of a request but its messages. */
  request (tools: readonly ToolDefinition[]): Omit<MessageCreateParamsBase, 'messages'>
}

/** What each kind understands. Fields of 5.x models make other servers refuse the request. */
const profiles: Readonly<Record<PlannerIdentity['kind'], { budget: number, notice: string | null, fields: Pick<MessageCreateParamsBase, 'max_tokens' | 'thinking' | 'cache_control'> }>> = {
  claude: { budget: 150_000, notice: null, fields: { max_tokens: 32_000, thinking: { type: 'adaptive', display: 'summarized' }, cache_control: { type: 'ephemeral' } } },
  local: { budget: 24_000, notice: null, fields: { max_tokens: 8_192 } },
  rules: { budget: 150_000, notice: 'Rule-based planner, no language model. Set ANTHROPIC_API_KEY for Claude.', fields: { max_tokens: 8_192 } }
}

export function createModel ({ kind, baseUrl, apiKey, model }: ModelSettings, prices: Current<Prices>, logger: FastifyBaseLogger | undefined): Model {
  const { budget, notice, fields } = profiles[kind]
  return {
    client: new Anthropic({ apiKey, baseURL: baseUrl, logger: sdkLogger(logger), logLevel: logger ? 'warn' : 'off', maxRetries: 2, openTelemetry }),
    identity: { kind, model, notice },
    budget,
    get price () { return prices.value.models[model] },
    request: (tools) => ({ ...fields, model, system: systemPrompt, tools: tools.map(({ name, description, input_schema: schema }) => ({ name, description, input_schema: schema })) })
  }
}

/** The SDK's own logger writes to stdout, and what it adds to a message may hold what people wrote. */
function sdkLogger (logger: FastifyBaseLogger | undefined) {
  const at = (level: 'error' | 'warn' | 'info' | 'debug') => (message: string) => logger?.[level]({ from: 'anthropic-sdk' }, message)
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') }
}
