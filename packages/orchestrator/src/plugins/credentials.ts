import type { People } from '@cortex/service'
import fp from 'fastify-plugin'
import { auditCredential } from '../audit/drafts.ts'
import { Departures } from '../domain/departures.ts'
import type { CredentialStore } from '../store/credential-store.ts'

declare module 'fastify' {
  interface FastifyInstance {
    credentials: CredentialStore
  }
}

/** How often what expired is removed. Milliseconds. */
const trimEvery = 3_600_000
/** Milliseconds between looks at who was taken out. Two in a row have to find the same, so that half a file says nothing. */
const lookEvery = 2_000
/** Sessions and tokens that are looked at, each. */
const mostLookedAt = 10_000

export default fp<{ credentials: CredentialStore, people: People | null, grace: number | undefined }>(async (app, { credentials, people, grace }) => {
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

  /** Who stays out of the file loses sessions and tokens for good: they would live again under the next person of that name. */
  function watchPeople (people: People): () => Promise<void> {
    const departures = new Departures(people.marks, grace)
    let [seen, done] = ['', '']
    return async () => {
      const { version } = people
      const settled = version === seen
      seen = version
      const now = performance.now()
      if (!settled || (version === done && now < departures.due)) return
      try {
        departures.look(people.marks, new Date().toISOString())
        const all = await Promise.all((['session', 'token'] as const).map(async (kind) => await credentials.list({ kind, limit: mostLookedAt })))
        for (const each of departures.ended(all.flat(), (credential) => people.isOver(credential), now)) {
          const ended = await credentials.remove(each.id)
          if (ended) await app.taskStore.note(auditCredential(ended, null, 'ended', new Date()))
        }
        departures.done()
        if (version !== done && departures.kept > 0) app.log.warn({ kept: departures.kept, seconds: Math.round((departures.due - now) / 1_000) }, 'sessions and tokens of people who are not in the file any more count for nothing; they are deleted unless the file is put right')
        done = version
      } catch (error) {
        app.log.warn({ err: error }, 'sessions and tokens of people who were taken out could not be removed; they count for nothing, and it is tried again')
      }
    }
  }
}, { name: 'credentials', dependencies: ['task-store'] })
