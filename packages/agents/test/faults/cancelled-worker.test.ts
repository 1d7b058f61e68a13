import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { TaskCancelled, type LeaseSession } from '../../src/lease-session.ts'
import { OrchestratorClient } from '../../src/orchestrator-client.ts'
import { startRun } from '../../src/run.ts'
import { startCortex, type Cortex } from '../cortex.ts'
import { startAgentsProcess } from '../support/agents-process.ts'
import { holdGit } from '../support/held-git.ts'
import { startStallingProxy } from '../support/stalling-proxy.ts'

const masters = [{ id: 'general-master', title: 'General', categories: ['general' as const], concurrency: 4 }]

/** An agent whose work is to wait for its signal, and the session of the one task it was given. */
async function startWaiting (t: Test, cortex: Cortex, url: string): Promise<{ id: string, session: LeaseSession, stopped: Promise<number> }> {
  const given = Promise.withResolvers<LeaseSession>()
  const stopped = Promise.withResolvers<number>()
  const agent = startRun({
    client: new OrchestratorClient(url),
    agentId: 'waiting',
    policy: () => ({ file: null, rules: [] }),
    masters: () => masters,
    logger: pino({ level: 'silent' }),
    async work (session) {
      given.resolve(session)
      await session.unlessStopped(new Promise(() => {})).catch(() => stopped.resolve(performance.now()))
      throw session.signal.reason
    }
  })
  t.teardown(() => agent.close())
  const id = await cortex.create('Wait', 'general')
  return { id, session: await given.promise, stopped: stopped.promise }
}

t.test('a cancel reaches a running worker in under a second', async (t) => {
  const cortex = await startCortex(t)
  const { id, session, stopped } = await startWaiting(t, cortex, cortex.url)
  await cortex.cancel(id)
  const answered = performance.now()
  const took = await stopped - answered
  t.ok(took < 1_000, `${Math.round(took)} ms`)
  t.ok(session.signal.reason instanceof TaskCancelled)
  t.match(await cortex.ended(id), { status: 'cancelled' })
})

t.test('a cancel reaches a worker in under a second though its report hangs, and the outcome does not wait for that report', async (t) => {
  const cortex = await startCortex(t)
  const proxy = await startStallingProxy(t, cortex.url)
  const { id, session, stopped } = await startWaiting(t, cortex, proxy.url)
  await session.journal({ step: 1 })
  proxy.stallOpen()
  const unheard = session.journal({ step: 2 }).catch((error: unknown) => error)
  await cortex.cancel(id)
  const answered = performance.now()
  const took = await stopped - answered
  t.ok(took < 1_000, `${Math.round(took)} ms`)
  t.ok(await unheard instanceof TaskCancelled)
  t.match(await cortex.ended(id), { status: 'cancelled' })
  t.ok(performance.now() - answered < 4_000, 'a report is given up after five seconds')
})

t.test('a cancel ends a step that reads and does not come to its end', async (t) => {
  const cortex = await startCortex(t)
  const held = await holdGit(t, '*cat-file*')
  await startAgentsProcess(t, { ORCHESTRATOR_URL: cortex.url, CORTEX_HOME: cortex.home, PATH: held.path })
  const id = await cortex.create('Check the health of the workspace', 'general')
  await held.held()
  await cortex.cancel(id)
  const answered = performance.now()
  t.match(await cortex.ended(id), { status: 'cancelled' })
  t.ok(performance.now() - answered < 3_000)
})

t.test('a worker counts its lease on a clock that nobody puts back', async (t) => {
  const cortex = await startCortex(t, { leaseDuration: 2_000 })
  const proxy = await startStallingProxy(t, cortex.url)
  const { session, stopped } = await startWaiting(t, cortex, proxy.url)
  await sleep(0)
  const { now } = Date
  t.teardown(async () => { Date.now = now })
  Date.now = () => now() - 3_600_000
  proxy.stall()
  const begun = performance.now()
  t.ok(await stopped - begun < 6_000)
  t.match(session.signal.reason, { message: /ran out/ })
})
