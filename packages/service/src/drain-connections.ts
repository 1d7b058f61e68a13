import type { FastifyInstance } from 'fastify'
import { Stopping } from './errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Aborted when the close begins: what waits for something may answer now. */
    closing: AbortSignal
  }
}

/** How long a close waits for requests that are being answered. Several services may close one after the other within a stop's 10 s. Milliseconds. */
const patience = 2_000

/**
 * Lets a close wait for requests and not for connections. One that was opened and never used, or that was busy when the close began and is
 * kept alive after its answer, counts as neither idle nor closed for Node and would hold up the stop for its keep-alive time.
 */
export function drainConnections (app: FastifyInstance): void {
  let answering = 0
  const closing = new AbortController()
  app.decorate('closing', closing.signal)
  const endIfQuiet = () => { if (closing.signal.aborted && answering === 0) app.server.closeAllConnections() }

  app.addHook('onRequest', (_request, reply, done) => {
    answering++
    // Not the hook onResponse: a stream whose reader went away closes without ever finishing.
    reply.raw.once('close', () => {
      // By the last one only: closing all looks at every connection, and thousands of streams may end at once.
      if (--answering === 0) setImmediate(endIfQuiet)
    })
    done(closing.signal.aborted ? new Stopping() : undefined)
  })
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing.signal.aborted) reply.header('connection', 'close')
    done()
  })
  app.addHook('preClose', async () => {
    closing.abort()
    setImmediate(endIfQuiet)
    const timer = setTimeout(() => app.server.closeAllConnections(), patience).unref()
    app.server.once('close', () => clearTimeout(timer))
  })
}
