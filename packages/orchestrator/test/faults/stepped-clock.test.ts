import type { Approval } from '@cortex/contracts'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import t from 'tap'
import { changeSet, only, result, temporaryFolder } from '../orchestrator.ts'
import { createDatabase } from '../postgres-database.ts'
import { spawnOrchestrator } from '../support/spawn-orchestrator.ts'
import { stores } from './stores.ts'

const failure = { kind: 'failed', error: { code: 'CTX_EXAMPLE', message: 'network away' }, retryable: true } as const

for (const store of stores) {
  t.test(`${store.name}: after the clock stepped back an hour, a lost worker is noticed as soon as ever`, async (t) => {
    const cortex = await spawnOrchestrator(t, { ...await store.options(t), leaseDuration: 1_000 })
    await cortex.create()
    t.equal(only(await cortex.lease()).attempt, 1)
    await cortex.stepBack()
    const begun = performance.now()
    t.equal(only(await cortex.lease({ agent_id: 'another', wait_seconds: 20 })).attempt, 2)
    t.ok(performance.now() - begun < 10_000)
  })

  t.test(`${store.name}: after the clock stepped back an hour, a worker that beats keeps its lease`, async (t) => {
    const cortex = await spawnOrchestrator(t, { ...await store.options(t), leaseDuration: 2_000 })
    await cortex.create()
    const { lease_id: lease } = only(await cortex.lease())
    await cortex.stepBack()
    const other = cortex.lease({ agent_id: 'another', wait_seconds: 5 })
    const beats = setInterval(() => { void cortex.report(lease) }, 500)
    t.same(await other, [])
    clearInterval(beats)
    t.equal((await cortex.end(lease, { kind: 'completed', result })).status, 200)
  })

  t.test(`${store.name}: after the clock stepped back an hour, another try comes within a minute and a task set for a time stays where it is`, async (t) => {
    const cortex = await spawnOrchestrator(t, await store.options(t))
    const id = await cortex.create()
    await cortex.end(only(await cortex.lease()).lease_id, failure)
    const set = await cortex.create({ title: 'Set for a time', run_at: new Date(Date.now() + 5_000).toISOString() })
    await cortex.stepBack()
    t.match(only(await cortex.lease({ wait_seconds: 20 })), { attempt: 2, task: { id } })
    t.same(await cortex.lease({ agent_id: 'another', wait_seconds: 7 }), [], 'a person meant the time on the clock')
    t.match(await cortex.task(set), { status: 'waiting', attempt: 0 })
  })

  t.test(`${store.name}: after the clock stepped back an hour, a batch nobody closes is closed nevertheless`, async (t) => {
    const cortex = await spawnOrchestrator(t, { ...await store.options(t), batchQuiet: 1_000 })
    const id = await cortex.create({ depends_on: ['nobody'] }, { 'cortex-batch': 'open' })
    await cortex.stepBack()
    t.match(await cortex.call('cortex_get_task_status', { task_id: id, wait_seconds: 20 }), { body: { status: 'failed' } })
    t.match(await cortex.task(id), { error: { code: 'CTX_DEPENDENCY_UNKNOWN' } })
  })

  t.test(`${store.name}: while the clock steps back an hour, a turn that goes on creating keeps its batch`, async (t) => {
    const cortex = await spawnOrchestrator(t, { ...await store.options(t), batchQuiet: 6_000 })
    const id = await cortex.create({ depends_on: ['late'] }, { 'cortex-batch': 'open' })
    await cortex.stepBack()
    t.match(await cortex.call('cortex_get_task_status', { task_id: id, wait_seconds: 3 }), { body: { status: 'waiting' } })
    const late = await cortex.create({ ref: 'late' }, { 'cortex-batch': 'open' })
    t.match(await cortex.task(id), { status: 'waiting', depends_on: [late] })
  })

  t.test(`${store.name}: after the clock stepped back an hour, events stay in order and ids stay different`, async (t) => {
    const cortex = await spawnOrchestrator(t, await store.options(t))
    const stream = await fetch(`${cortex.url}/v1/events?after=0`)
    const ids = new Set<string>()
    for (let index = 0; index < 20; index++) {
      if (index === 10) await cortex.stepBack()
      ids.add(await cortex.create())
    }
    t.equal(ids.size, 20)
    const seqs: number[] = []
    for await (const { event, id } of stream.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()) ?? []) {
      if (event === 'task.created') seqs.push(Number(id))
      if (seqs.length === 20) break
    }
    t.same(seqs, Array.from({ length: 20 }, (_, index) => index + 1))
    const { body } = await cortex.send<{ tasks: Array<{ id: string }> }>('GET', '/v1/tasks')
    t.same(body.tasks.map((task) => task.id), [...ids].reverse(), 'newest first is by arrival, not by the clock')
  })

  t.test(`${store.name}: after the clock stepped back an hour, an approval still speaks for the task that was retried before`, async (t) => {
    const cortex = await spawnOrchestrator(t, await store.options(t))
    const id = await cortex.create()
    await cortex.end(only(await cortex.lease()).lease_id, { ...failure, retryable: false })
    await cortex.call('cortex_retry_task', { task_id: id })
    await cortex.stepBack()
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'needs_approval', change_set: changeSet })
    const { approvals } = (await cortex.send<{ approvals: Approval[] }>('GET', '/v1/approvals?status=pending')).body
    await cortex.send('POST', `/v1/approvals/${only(approvals).id}`, { decision: 'approve', plan_hash: changeSet.plan_hash })
    t.match(only(await cortex.lease()).approval, { status: 'approved' })
  })
}

t.test('PostgreSQL: a replica whose clock is an hour behind closes no batch of the others', async (t) => {
  const options = { databaseUrl: await createDatabase(t), batchQuiet: 6_000 }
  const behind = await spawnOrchestrator(t, { ...options, home: await temporaryFolder(t) })
  await behind.stepBack()
  const right = await spawnOrchestrator(t, { ...options, home: await temporaryFolder(t) })
  // Both have been there for as long as a batch must be quiet: one that nobody closes is closed.
  const first = await right.create({ depends_on: ['nobody'] }, { 'cortex-batch': 'first' })
  t.match(await right.call('cortex_get_task_status', { task_id: first, wait_seconds: 30 }), { body: { status: 'failed' } })
  for (const replica of [behind, right]) {
    const batch = `of-${replica.pid}`
    const id = await replica.create({ depends_on: ['late'] }, { 'cortex-batch': batch })
    t.match(await right.call('cortex_get_task_status', { task_id: id, wait_seconds: 3 }), { body: { status: 'waiting' } })
    const late = await right.create({ ref: 'late' }, { 'cortex-batch': batch })
    t.match(await right.task(id), { status: 'waiting', depends_on: [late] })
  }
})
