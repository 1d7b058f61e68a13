import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'

export interface ProbesOptions {
  host: string
  /** 0 means any free port. */
  port: number
  /** Why no work can be had, if none can. */
  fault: () => string | null
  metrics: Registry
}

/**
 * Answers `/livez`, `/readyz` and `/metrics`, and nothing else to anybody: whoever asks learns that the agent runs, and counts under names that
 * the operator gave. So it asks for no sign-in and may listen where a cluster's probes and its Prometheus reach it.
 */
export async function answerProbes ({ host, port, fault, metrics }: ProbesOptions): Promise<{ url: string, close: () => Promise<void> }> {
  const server = createServer({ maxHeaderSize: 4_096, requestTimeout: 5_000, keepAlive: false }, ({ method, url }, response) => {
    if (method === 'GET' && url === '/metrics') return answerMetrics(metrics, response)
    const status = method !== 'GET' ? 404 : url === '/livez' ? 200 : url === '/readyz' ? fault() === null ? 200 : 503 : 404
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
    response.end(JSON.stringify({ status: status === 200 ? 'ok' : status === 503 ? fault() : 'not found' }))
  })
  server.maxConnections = 50
  server.listen(port, host)
  await once(server, 'listening')
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close () {
      server.close()
      server.closeAllConnections()
    }
  }
}

function answerMetrics (metrics: Registry, response: ServerResponse): void {
  metrics.metrics().then((text) => response.writeHead(200, { 'content-type': metrics.contentType, connection: 'close' }).end(text), () => response.destroy())
}
