import t from 'tap'
import { openStore } from '../src/store/open-store.ts'
import { replicas } from './contract/replicas.ts'
import { listenToLog } from './listen-to-log.ts'
import { only, orchestrate, temporaryFolder } from './orchestrator.ts'
import { createDatabase } from './postgres-database.ts'

replicas(async (t, options) => {
  const databaseUrl = await createDatabase(t)
  return [await orchestrate(t, { databaseUrl, ...options }), await orchestrate(t, { databaseUrl, ...options })]
})

t.test('a replica that had a task at hand does not take it for there when another has archived it', async (t) => {
  const databaseUrl = await createDatabase(t)
  const cortex = await orchestrate(t, { databaseUrl })
  const id = await cortex.create()
  await cortex.end(only(await cortex.lease()).lease_id, { kind: 'failed', error: { code: 'CTX_EXAMPLE', message: 'No room' }, retryable: false })
  const { store, dispatcher } = await openStore({
    folder: await temporaryFolder(t), database: databaseUrl, leaseDuration: 10_000, logger: listenToLog().logger
  })
  t.teardown(async () => {
    await dispatcher.close()
    await store.close()
  })
  t.equal((await store.archive(new Date(Date.now() + 60_000))).tasks, 1)
  t.match(await cortex.refuse('cortex_retry_task', { task_id: id }), { status: 409, body: { code: 'CTX_TASK_ARCHIVED' } })
  t.match(await cortex.call('cortex_create_task', { title: 'After it', description: 'B', depends_on: [id] }), { status: 200, body: { status: 'cancelled' } })
  t.match((await cortex.call('cortex_get_metrics', {})).body, { by_status: { queued: 0, failed: 0 } })
})
