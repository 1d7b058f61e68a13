import t from 'tap'
import { orchestrate, temporaryFolder } from '../orchestrator.ts'
import { spawnOrchestrator } from '../support/spawn-orchestrator.ts'

t.test('a second process on the same data folder is refused', async (t) => {
  const { home } = await orchestrate(t)
  await t.rejects(orchestrate(t, { home, tasksDir: await temporaryFolder(t) }), { code: 'CTX_STORE_LOCKED' })
})

t.test('of two that start at the same moment one serves', async (t) => {
  const home = await temporaryFolder(t)
  const started = await Promise.allSettled([1, 2].map(() => spawnOrchestrator(t, { home })))
  t.same(started.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

t.test('the folder of one that was killed is free at once', async (t) => {
  const home = await temporaryFolder(t)
  const first = await spawnOrchestrator(t, { home })
  const id = await first.create()
  await first.kill('SIGKILL')
  t.match(await (await spawnOrchestrator(t, { home })).task(id), { id })
})
