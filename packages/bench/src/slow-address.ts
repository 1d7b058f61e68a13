import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SlowAddress {
  url: string
  /** Milliseconds from each answer to the next read of the same path, since this was last called: what a step costs beside its waiting. */
  gaps (): number[]
  close (): Promise<void>
}

/** An address each of whose answers takes this long. Milliseconds. */
export async function startSlowAddress (wait: number): Promise<SlowAddress> {
  const answered = new Map<string, number>()
  let gaps: number[] = []
  const server = createServer(({ url = '' }, response) => {
    const last = answered.get(url)
    if (last !== undefined) gaps.push(performance.now() - last)
    setTimeout(() => {
      answered.set(url, performance.now())
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ready')
    }, wait)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    gaps () {
      const taken = gaps
      gaps = []
      answered.clear()
      return taken
    },
    async close () {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}
