import fp from 'fastify-plugin'
import type { CredentialStore } from '../store/credential-store.ts'

declare module 'fastify' {
  interface FastifyInstance {
    credentials: CredentialStore
  }
}

/** How often what expired is removed. Milliseconds. */
const trimEvery = 3_600_000

export default fp<{ credentials: CredentialStore }>(async (app, { credentials }) => {
  app.decorate('credentials', credentials)
  const trim = async () => {
    await credentials.trim(new Date().toISOString()).catch((error: unknown) => app.log.warn({ err: error }, 'sessions and tokens that expired could not be removed; they count for nothing'))
  }
  const timer = app.guarded ? setInterval(() => { void trim() }, trimEvery).unref() : undefined
  app.addHook('onReady', async () => { if (app.guarded) await trim() })
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await credentials.close()
  })
}, { name: 'credentials', dependencies: ['task-store'] })
