import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { declareAccess, type Service } from '@cortex/service'
import files from '@fastify/static'

/** Names of built assets hold a hash of what is in them, so they never change. */
const hashed = /[\\/]assets[\\/][^\\/]+$/

/** The addresses the page understands; whether a conversation is there, it is told when it asks. */
const known = /^\/(?:new|tasks|approvals|history|settings|c\/conv-[0-9a-z]{20})?$/

/** The page: its files as they were at start, and `index.html` for the addresses the page itself understands, or says that there is nothing at. */
export default async function page (app: Service, { root }: { root: string | undefined }) {
  if (root === undefined || !existsSync(join(root, 'index.html'))) return
  // What everybody may read in the repository; who asks is asked by what the page asks for.
  declareAccess(app, 'open')
  await app.register(files, {
    root,
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header('cache-control', hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
    }
  })
  app.get('/*', { schema: { hide: true } }, async (request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const wantsPage = request.headers.accept?.includes('text/html') && !path.startsWith('/v1/')
    if (!wantsPage) return reply.callNotFound()
    return await reply.code(known.test(path) ? 200 : 404).sendFile('index.html')
  })
}
