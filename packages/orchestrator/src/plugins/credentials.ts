import type { People } from '@cortex/service'
import fp from 'fastify-plugin'
import { auditCredential } from '../audit/drafts.ts'
import type { CredentialStore } from '../store/credential-store.ts'

declare module 'fastify' {
  interface FastifyInstance {
    credentials: CredentialStore
  }
}

/** How often what expired is removed. Milliseconds. */
const trimEvery = 3_600_000
/** Milliseconds between looks at who was taken out. Two in a row have to find the same, so that nobody loses a token to half a file. */
const lookEvery = 2_000
/** Sessions and tokens that are looked at, each. */
const mostLookedAt = 10_000

export default fp<{ credentials: CredentialStore, people: People | null }>(async (app, { credentials, people }) => {
  app.decorate('credentials', credentials)
  const trim = async () => {
    await credentials.trim(new Date().toISOString()).catch((error: unknown) => app.log.warn({ err: error }, 'sessions and tokens that expired could not be removed; they count for nothing'))
  }
  const timers = app.guarded ? [setInterval(() => { void trim() }, trimEvery).unref()] : []
  if (people) {
    const endOver = watchPeople(people)
    timers.push(setInterval(() => { void endOver() }, lookEvery).unref())
  }
  app.addHook('onReady', async () => { if (app.guarded) await trim() })
  app.addHook('onClose', async () => {
    for (const timer of timers) clearInterval(timer)
    await credentials.close()
  })

  /** Who is taken out loses sessions and tokens for good: they would live again under the next person of that name. */
  function watchPeople (people: People): () => Promise<void> {
    let listed = new Set(people.names)
    let [seen, done] = ['', '']
    return async () => {
      const { version } = people
      const settled = version === seen
      seen = version
      if (version === done || !settled) return
      try {
        const names = new Set(people.names)
        const all = await Promise.all((['session', 'token'] as const).map(async (kind) => await credentials.list({ kind, limit: mostLookedAt })))
        for (const each of all.flat()) {
          if (!people.isOver(each) && (names.has(each.owner) || !listed.has(each.owner))) continue
          const ended = await credentials.remove(each.id)
          if (ended) await app.taskStore.note(auditCredential(ended, null, 'ended', new Date()))
        }
        listed = names
        done = version
      } catch (error) {
        app.log.warn({ err: error }, 'sessions and tokens of people who were taken out could not be removed; they count for nothing, and it is tried again')
      }
    }
  }
}, { name: 'credentials', dependencies: ['task-store'] })
