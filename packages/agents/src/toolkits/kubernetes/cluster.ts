import { EventEmitter, on } from 'node:events'
import { HttpMethod, KubeConfig, RequestContext, Watch } from '@kubernetes/client-node'
import { fetch } from 'undici'
import { clusterRefused, clusterUnreachable, kubeconfigUnusable } from '../../errors.ts'
import { Refusal } from './refusal.ts'

export interface CallOptions {
  query?: Record<string, string | number | boolean | undefined>
  body?: unknown
  /** Of the body; how a PATCH is to be understood. */
  type?: string
  accept?: string
  signal?: AbortSignal
}

const answerLimit = 16 * 1024 * 1024
const timeLimit = 30_000

/**
 * One API server, by the credentials of a kubeconfig or of the pod it runs in. Objects pass as the server writes them: no model of any kind
 * stands between, which would drop the fields it does not know.
 */
export class Cluster {
  readonly #config: KubeConfig
  readonly #server: string
  /** The namespace of the context. */
  readonly namespace: string

  /**
   * @param files kubeconfig files, separated as in PATH; undefined: the service account of the pod
   * @throws CTX_KUBECONFIG_UNUSABLE
   */
  constructor (files: string | undefined) {
    this.#config = new KubeConfig()
    try {
      if (files === undefined) this.#config.loadFromCluster()
      else for (const [index, file] of files.split(process.platform === 'win32' ? ';' : ':').filter(Boolean).entries()) load(this.#config, file, index)
    } catch (error) {
      throw kubeconfigUnusable((error as Error).message)
    }
    const server = this.#config.getCurrentCluster()?.server
    if (server === undefined) throw kubeconfigUnusable('it has no current context with a cluster')
    this.#server = server.replace(/\/+$/, '')
    this.namespace = this.#config.getContextObject(this.#config.getCurrentContext())?.namespace || 'default'
  }

  /** @throws CTX_CLUSTER_REFUSED, CTX_CLUSTER_UNREACHABLE */
  async json (method: HttpMethod, path: string, options: CallOptions = {}): Promise<unknown> {
    const text = await this.text(method, path, options)
    try {
      return JSON.parse(text)
    } catch {
      throw clusterUnreachable('what it answered is no JSON')
    }
  }

  /** @throws CTX_CLUSTER_REFUSED, CTX_CLUSTER_UNREACHABLE */
  async text (method: HttpMethod, path: string, { query = {}, body, type = 'application/json', accept = 'application/json', signal }: CallOptions = {}): Promise<string> {
    const url = new URL(this.#server + path)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
    const limit = AbortSignal.timeout(timeLimit)
    let status: number
    let text: string
    try {
      const context = new RequestContext(url.href, method)
      await this.#config.applySecurityAuthentication(context)
      const response = await fetch(url, {
        method,
        headers: { ...context.getHeaders(), accept, ...(body !== undefined && { 'content-type': type }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
        ...(context.getDispatcher() && { dispatcher: context.getDispatcher()! })
      })
      status = response.status
      text = await bounded(response.body)
    } catch (error) {
      signal?.throwIfAborted()
      throw clusterUnreachable(limit.aborted ? `nothing within ${timeLimit / 1_000} s` : reasonOf(error), error)
    }
    if (status < 200 || status > 299) {
      const refusal = new Refusal(status, text)
      throw status >= 500 || status === 429 ? clusterUnreachable(refusal.message, refusal) : clusterRefused(refusal.message, refusal)
    }
    return text
  }

  /** What happens to a collection, until the server ends it, as it does from time to time, or the signal fires. */
  async * watch (path: string, query: Record<string, string>, signal: AbortSignal): AsyncGenerator<{ type: string, object: unknown }> {
    const events = new EventEmitter()
    const over = new AbortController()
    // Collected from here on, for the first may come before the loop below asks.
    const iterator = on(events, 'event', { signal: AbortSignal.any([signal, over.signal]) }) as AsyncIterable<[string, unknown]>
    const watching = await new Watch(this.#config).watch(path, query, (type, object) => events.emit('event', type, object), () => over.abort())
    try {
      for await (const [type, object] of iterator) yield { type, object }
    } catch (error) {
      signal.throwIfAborted()
      if (!over.signal.aborted) throw error
    } finally {
      watching.abort()
    }
  }
}

function load (config: KubeConfig, file: string, index: number): void {
  if (index === 0) return config.loadFromFile(file)
  const more = new KubeConfig()
  more.loadFromFile(file)
  config.mergeConfig(more, true)
}

async function bounded (body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    if ((size += chunk.byteLength) > answerLimit) throw new Error(`its answer is longer than ${answerLimit / 1024 / 1024} MB; ask for less at once`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function reasonOf (error: unknown): string {
  const { cause, message } = error as Error
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}
