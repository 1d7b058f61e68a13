import type { FastifyInstance } from 'fastify'

/** How long a close waits for requests that are being answered. Milliseconds. */
const patience = 5_000

/**
 * Lets a close wait for requests and not for connections. One that was opened and never used, or that was busy when the close began and is
 * kept alive after its answer, counts as neither idle nor closed for Node and would hold up the stop for its keep-alive time.
 */
export function drainConnections (app: FastifyInstance): void {
  let answering = 0
  let closing = false
  const endIfQuiet = () => { if (closing && answering === 0) app.server.closeAllConnections() }

  app.addHook('onRequest', async (_request, reply) => {
    answering++
    // Not the hook onResponse: a stream whose reader went away closes without ever finishing.
    reply.raw.once('close', () => {
      answering--
      setImmediate(endIfQuiet)
    })
  })
  app.addHook('onSend', async (_request, reply) => { if (closing) reply.header('connection', 'close') })
  app.addHook('preClose', async () => {
    closing = true
    setImmediate(endIfQuiet)
    const timer = setTimeout(() => app.server.closeAllConnections(), patience).unref()
    app.server.once('close', () => clearTimeout(timer))
  })
}
