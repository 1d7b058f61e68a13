import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; recorded with tasks and approvals. */
    user: string
  }
}

/** Without sign-in there is one person: whoever can reach the loopback address. What a browser says of itself is never taken over. */
export default fp(async (app) => {
  app.decorateRequest('user', 'local')
}, { name: 'identity' })
