import { setTimeout as sleep } from 'node:timers/promises'
import Anthropic, { APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk'
import type { Prices } from '@cortex/contracts'
import { concealCredentials, type Concealer } from '@cortex/secrets/credentials'
import type { Logger } from 'pino'
import { standardWorkerModel } from '../config.ts'
import { modelRefusedRequest, modelSignIn, modelUnavailable, type TaskFault } from '../errors.ts'
import { AgentDraining, type LeaseSession } from '../lease-session.ts'

/** In place of a key for servers that ask for none: the SDK sends nothing without one. */
export const keyless = 'offline'

export interface ModelOptions {
  /** Anthropic's own unless given; any server of the Messages API will do. */
  baseUrl?: string | undefined
  apiKey: string
  model?: string | undefined
}

export interface ClaudeOptions {
  client: Anthropic
  /** Whatever its server says goes through this before a task, a log or the model gets it. */
  conceal: Concealer
  model: string
  /** As they are by now. */
  prices: { readonly value: Prices }
  limits: ClaudeLimits
}

export interface ClaudeLimits {
  /** Replies of the model in one task. */
  steps: number
  /** Tokens read and written in one task, cached ones included. */
  tokens: number
  /** Characters of all messages of one request as JSON. At three a token, the default leaves room for tools and a reply in a window of 200,000 tokens. */
  context: number
  /** Milliseconds without any event of the stream before it counts as dead. The SDK's own timeout ends when headers arrive. */
  idle: number
  /** Tries of one request that did not come to its end. */
  attempts: number
}

export const defaultLimits: ClaudeLimits = { steps: 80, tokens: 3_000_000, context: 400_000, idle: 60_000, attempts: 4 }
/** Tokens of one reply: half as many as the conversation may take, where that is less. */
const replyLimit = ({ context }: ClaudeLimits) => Math.min(32_000, Math.floor(context / 6))

/** Its spans hold no words of a conversation. The context goes with the request by the instrumentation of fetch; twice would make it unreadable. */
const openTelemetry = { propagation: false, traces: { contentMode: 'metadata_only' } } as const

export function createClaude ({ baseUrl, apiKey, model = standardWorkerModel }: ModelOptions, prices: ClaudeOptions['prices'], logger: Logger, limits: Partial<ClaudeLimits> = {}): ClaudeOptions {
  const conceal = concealCredentials([apiKey === keyless ? null : apiKey])
  const client = new Anthropic({ apiKey, authToken: null, ...(baseUrl !== undefined && { baseURL: baseUrl }), logger: sdkLogger(logger, conceal), logLevel: 'warn', openTelemetry })
  return { client, conceal, model, prices, limits: { ...defaultLimits, ...limits } }
}

export interface Question {
  model: string
  system: string
  effort: 'low' | 'medium' | 'high' | 'xhigh' | 'max'
  tools: Anthropic.Tool[]
  messages: Anthropic.MessageParam[]
}

/**
 * One reply of the model, whole. No tool starts before it is, so a stream that breaks may simply be asked again.
 * @throws CTX_MODEL_REFUSED_REQUEST, CTX_MODEL_SIGN_IN, CTX_MODEL_UNAVAILABLE (retryable), or the session's reason to stop
 */
export async function askModel ({ client, conceal, limits }: ClaudeOptions, question: Question, session: LeaseSession): Promise<Anthropic.Message> {
  for (let attempt = 1; ; attempt++) {
    session.checkpoint()
    const idle = new AbortController()
    const watchdog = setTimeout(() => idle.abort(), limits.idle)
    try {
      const stream = client.messages.stream(paramsOf(question, limits), { signal: AbortSignal.any([session.signal, session.draining, idle.signal]) })
      stream.on('streamEvent', () => watchdog.refresh())
      const message = await stream.finalMessage()
      return { ...message, content: message.content.map((block) => conceal.block(block)) }
    } catch (error) {
      session.signal.throwIfAborted()
      if (session.draining.aborted) throw new AgentDraining()
      const fault = faultOf(error, idle.signal.aborted, conceal)
      if (!fault.retryable || attempt >= limits.attempts) throw fault
      session.log(`${fault.message}; asking again`, 'warn')
      await sleep(Math.min(250 * 2 ** attempt, 8_000) * (0.5 + Math.random() / 2), undefined, { signal: AbortSignal.any([session.signal, session.draining]) }).catch(() => {})
    } finally {
      clearTimeout(watchdog)
    }
  }
}

/** Servers of other models than Claude know neither thinking nor effort nor cache marks. */
function paramsOf ({ model, system, effort, tools, messages }: Question, limits: ClaudeLimits): Anthropic.MessageStreamParams {
  const plain = { model, max_tokens: replyLimit(limits), system, tools, messages }
  if (!model.startsWith('claude-')) return plain
  return { ...plain, thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort }, cache_control: { type: 'ephemeral' } }
}

/** The SDK's details beside a message may hold what was sent. */
function sdkLogger (logger: Logger, conceal: Concealer) {
  const at = (level: 'error' | 'warn' | 'info' | 'debug') => (message: string) => logger[level]({ from: 'anthropic-sdk' }, conceal.text(message))
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') }
}

function faultOf (error: unknown, idle: boolean, conceal: Concealer): TaskFault {
  const cause = conceal.error(error)
  if (idle || error instanceof APIUserAbortError) return modelUnavailable('The model fell silent in the middle of its reply', cause)
  if (error instanceof APIConnectionError) return modelUnavailable('The model cannot be reached', cause)
  if (error instanceof APIError && error.status !== undefined) {
    const { status, requestID } = error
    const said = `${status}${error.type ? ` ${error.type}` : ''}${error.apiMessage ? `: ${conceal.text(error.apiMessage)}` : ''}${requestID ? ` (${requestID})` : ''}`.slice(0, 1_000)
    if (status === 401 || status === 403) return modelSignIn(said, cause)
    if (status === 408 || status === 409 || status === 429 || status >= 500) return modelUnavailable(`The model's server has no room or failed: ${said}`, cause)
    return modelRefusedRequest(said, cause)
  }
  // An error event in mid-stream has no status, and a stream that just ends has no error event.
  return modelUnavailable('The model\'s reply broke off', cause)
}
