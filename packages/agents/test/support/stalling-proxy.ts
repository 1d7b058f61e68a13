import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { TestOwner } from '../workspace.ts'

export interface StallingProxy {
  url: string
  /** From here on not a byte passes, in neither direction; connections stay open, and new ones are taken and left waiting. */
  stall (): void
  /** What was held back passes now, late. */
  resume (): void
  /** As `stall`, for the connections that are open now; new ones pass. */
  stallOpen (): void
}

/** TCP in the way of an orchestrator, that can stop passing bytes without closing anything, as a network does that drops what it is given. */
export async function startStallingProxy (t: TestOwner, target: string): Promise<StallingProxy> {
  const { port } = new URL(target)
  const sockets = new Set<Socket>()
  let stalled = false
  const server = createServer((client) => {
    const upstream = connect(Number(port), '127.0.0.1')
    for (const [from, to] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(from)
      // Not pipe(), which would let a held socket flow again by itself.
      from.on('data', (bytes) => to.write(bytes))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      if (stalled) from.pause()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stallOpen = () => { for (const socket of sockets) socket.pause() }
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stallOpen,
    stall () {
      stalled = true
      stallOpen()
    },
    resume () {
      stalled = false
      for (const socket of sockets) socket.resume()
    }
  }
}
