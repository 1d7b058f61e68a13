import { randomUUID } from 'node:crypto'
import { toolHeaders, type Approval, type ApprovalList, type ClosedBatch, type Credential, type CredentialList, type Task, type TaskList, type ToolCall, type ToolList, type Problem, type TurnUsage } from '@cortex/contracts'
import type { FastifyBaseLogger, FastifyError } from 'fastify'
import { OrchestratorAnswerInvalid, OrchestratorUnreachable, ServiceTokenRefused } from './errors.ts'

/** Whose call it is and where it belongs. */
export interface CallContext {
  readonly conversationId: string
  readonly batchId: string
  readonly user: string
}

export interface TaskQuery {
  readonly conversation_id?: string
  readonly batch_id?: string
  readonly cursor?: string
}

/** A status read may wait 30 s for a change; anything else answers in milliseconds. */
const longestAnswer = 45_000
const pageSize = 200
/** Pages of one conversation's tasks that are read. */
const mostPages = 25

/** The orchestrator over HTTP. Every method throws CTX_ORCHESTRATOR_UNREACHABLE when it is away, and CTX_SERVICE_TOKEN_REFUSED when it does not take us for the chat. */
export class OrchestratorClient {
  readonly url: string
  readonly #authorization: Readonly<Record<string, string>>
  readonly #logger: FastifyBaseLogger | undefined
  #refusal: FastifyError | null = null

  /** @param serviceToken what the orchestrator knows us by, where it asks */
  constructor (url: string, serviceToken?: string, logger?: FastifyBaseLogger) {
    this.url = url.replace(/\/$/, '')
    this.#logger = logger
    this.#authorization = serviceToken === undefined ? {} : { authorization: `Bearer ${serviceToken}` }
  }

  /** CTX_SERVICE_TOKEN_REFUSED, when that is what the orchestrator answered last. */
  get refusal (): FastifyError | null {
    return this.#refusal
  }

  /** Notes that it does not take us for the chat; in the log once, however often it is asked. */
  refuse (): Error {
    if (this.#refusal === null) {
      const refusal = new ServiceTokenRefused(new URL(this.url).host, this.#authorization['authorization'] === undefined ? 'asks for' : 'refuses')
      // Strangers may ask whether we are ready, and how one signs in.
      this.#refusal = Object.assign(refusal, { told: 'Not ready: see the log' })
      this.#logger?.error({ err: this.#refusal }, this.#refusal.message)
    }
    return this.#refusal
  }

  /** Asks what only the chat is told. */
  async introduce (signal: AbortSignal): Promise<void> {
    const response = await this.#send('GET', '/v1/credentials?kind=session&limit=1', { signal })
    await response.body?.cancel()
  }

  /** `key` makes a repeat harmless: it is answered with what the first call did. */
  async executeTool (call: ToolCall, key: string, { conversationId, batchId, user }: CallContext, signal: AbortSignal): Promise<{ ok: boolean, answer: unknown }> {
    const headers = {
      [toolHeaders.idempotencyKey]: key,
      [toolHeaders.batch]: batchId,
      [toolHeaders.conversation]: conversationId,
      [toolHeaders.user]: user,
      [toolHeaders.source]: 'chat'
    }
    const response = await this.#send('POST', '/execute-tool', { body: call, headers, signal })
    return { ok: response.ok, answer: await readJson(response) }
  }

  /** Says that no further call of this batch will come; answers what can never start. */
  async closeBatch (batchId: string): Promise<ClosedBatch> {
    return await this.#answer('POST', `/v1/batches/${encodeURIComponent(batchId)}/close`, {})
  }

  async tools (): Promise<ToolList> {
    return await this.#answer('GET', '/v1/tools')
  }

  async tasks (query: TaskQuery): Promise<TaskList> {
    return await this.#answer('GET', `/v1/tasks?${new URLSearchParams({ limit: String(pageSize), ...query })}`)
  }

  /** All tasks of a conversation, newest first. */
  async tasksOf (conversationId: string): Promise<Task[]> {
    const tasks: Task[] = []
    let cursor: string | null = null
    for (let page = 0; page < mostPages; page++) {
      const list: TaskList = await this.tasks({ conversation_id: conversationId, ...(cursor !== null && { cursor }) })
      tasks.push(...list.tasks)
      cursor = list.next_cursor
      if (cursor === null) break
    }
    return tasks
  }

  /** Answers false when it has ended already or is unknown. */
  async cancelTask (taskId: string, reason: string, user: string): Promise<boolean> {
    const response = await this.#send('POST', `/v1/tasks/${encodeURIComponent(taskId)}/cancel`, { body: { reason }, headers: { [toolHeaders.user]: user } })
    await response.body?.cancel()
    return response.ok
  }

  /** Adds what a turn used to the sum of its conversation; a repeat changes nothing. */
  async reportUsage (conversationId: string, report: TurnUsage): Promise<void> {
    const path = `/v1/conversations/${encodeURIComponent(conversationId)}/usage`
    const response = await this.#send('POST', path, { body: report })
    await response.body?.cancel()
    if (!response.ok) throw new OrchestratorAnswerInvalid(path)
  }

  async approvals (query: { readonly conversation_id: string } | { readonly status: Approval['status'] }): Promise<ApprovalList> {
    return await this.#answer('GET', `/v1/approvals?${new URLSearchParams({ limit: String(pageSize), ...query })}`)
  }

  async addCredential (credential: Credential): Promise<void> {
    const response = await this.#send('POST', '/v1/credentials', { body: credential })
    if (!response.ok) throw new OrchestratorAnswerInvalid('/v1/credentials')
  }

  async findCredential (hash: string): Promise<Credential | null> {
    return (await this.#answer<{ credential: Credential | null }>('POST', '/v1/credentials/find', { hash })).credential
  }

  /** Newest first; those of everybody without `owner`. */
  async credentials (kind: Credential['kind'], owner: string | undefined): Promise<Credential[]> {
    return (await this.#answer<CredentialList>('GET', `/v1/credentials?${new URLSearchParams({ kind, ...(owner !== undefined && { owner }) })}`)).credentials
  }

  /** Of `owner` alone where one is given. Answers what was removed. `by` is who has it done. */
  async removeCredential (id: string, owner: string | undefined, by: string): Promise<Credential | null> {
    const path = `/v1/credentials/${encodeURIComponent(id)}?${new URLSearchParams(owner === undefined ? {} : { owner })}`
    return (await this.#answer<{ credential: Credential | null }>('DELETE', path, undefined, { [toolHeaders.user]: by })).credential
  }

  /** The stream of all events after the cursor, as it comes; it has no end of its own. */
  async events (after: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#fetch(`/v1/events?after=${after}`, { headers: { accept: 'text/event-stream' }, signal })
    if (!response.ok || !response.body) throw new OrchestratorAnswerInvalid('/v1/events')
    return response.body
  }

  async #answer<T> (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    const response = await this.#send(method, path, { body, ...(headers && { headers }) })
    if (!response.ok) throw new OrchestratorAnswerInvalid(path.split('?')[0])
    return await readJson(response) as T
  }

  async #send (method: string, path: string, { body, headers, signal }: { body?: unknown, headers?: Record<string, string>, signal?: AbortSignal }): Promise<Response> {
    const limit = AbortSignal.timeout(longestAnswer)
    return await this.#fetch(path, {
      method,
      headers: { ...headers, 'x-request-id': randomUUID(), ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([limit, signal]) : limit
    })
  }

  async #fetch (path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(this.url + path, { ...init, headers: { ...init.headers, ...this.#authorization } }).catch((error: unknown) => { throw new OrchestratorUnreachable({ cause: error }) })
    if (await isRefused(response)) throw this.refuse()
    if (this.#refusal) this.#logger?.info('the orchestrator takes CORTEX_SERVICE_TOKEN again')
    this.#refusal = null
    return response
  }
}

/** It does not know us, or as somebody else. Other 403 are about what was asked. */
async function isRefused (response: Response): Promise<boolean> {
  if (response.status !== 401 && response.status !== 403) return false
  const refused = response.status === 401 || (await response.clone().json().catch(() => null) as Problem | null)?.code === 'CTX_ROLE_MISSING'
  if (refused) await response.body?.cancel()
  return refused
}

async function readJson (response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (error) {
    throw new OrchestratorAnswerInvalid(new URL(response.url).pathname, { cause: error })
  }
}
