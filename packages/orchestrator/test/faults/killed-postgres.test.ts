import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { only, result, temporaryFolder } from '../orchestrator.ts'
import { startPostgres } from '../postgres-server.ts'
import { untilDone } from '../support/load.ts'
import { ask, countConnections, followEvents, InsistentLoad } from '../support/postgres-load.ts'
import { spawnOrchestrator } from '../support/spawn-orchestrator.ts'
import { Witness } from '../support/witness.ts'

t.setTimeout(600_000)

/** Connections of one orchestrator at most. */
const mostConnections = 12

async function startServer (t: Test) {
  const server = await startPostgres()
  t.teardown(() => server.stop())
  return server
}

for (const [how, pauses] of [['restarted at once', [0]], ['away for 5 s', [5_000]]] as const) {
  t.test(`when the database is killed under load and ${how}, nothing acknowledged is lost or done twice, events have no gap, and all goes on`, async (t) => {
    const server = await startServer(t)
    const cortex = await spawnOrchestrator(t, { home: await temporaryFolder(t), databaseUrl: server.url, concurrency: 200 })
    const events = await followEvents(t, cortex.url)
    const witness = new Witness()
    const load = new InsistentLoad(t, [cortex], witness, { clients: 20 })
    for (const pause of pauses) {
      await load.more(100, 20)
      await server.kill()
      await sleep(pause)
      await server.restart()
    }
    await load.more(100, 20)
    await load.stopCreating()
    await t.resolves(untilDone(cortex, witness), 'what was left over is worked through')
    await load.stop()

    const tasks = await witness.lookAtTasks(cortex.task)
    t.same(witness.violations, [])
    t.ok(tasks.every(({ status }) => status === 'completed'))
    for (const code of load.refusals.keys()) t.match(code, /^CTX_STORE_(UNREACHABLE|UNAVAILABLE)$/)
    t.comment(`${witness.created.size} created, the slowest answer took ${Math.round(load.slowest)} ms, ${JSON.stringify([...load.refusals])}`)

    const last = (await ask<{ last_seq: string }>(server.url, 'SELECT last_seq FROM cortex.heads'))[0]?.last_seq
    await events.reached(Number(last))
    t.same(events.seqs, events.seqs.map((_, index) => index + 1))
    t.equal(events.seqs.length, Number(last))
    t.ok(await countConnections(server.url) <= mostConnections)
    t.equal((await cortex.send('GET', '/health')).status, 200)
  })
}

t.test('a worker that goes on beating keeps its lease, though the database was away for longer than the lease holds', async (t) => {
  const server = await startServer(t)
  const cortex = await spawnOrchestrator(t, { home: await temporaryFolder(t), databaseUrl: server.url, leaseDuration: 2_000 })
  const id = await cortex.create()
  const { lease_id: lease } = only(await cortex.lease())
  const statuses = new Set([(await cortex.report(lease)).status])
  const beating = new AbortController()
  const beats = (async () => {
    while (!beating.signal.aborted) {
      statuses.add((await cortex.report(lease)).status)
      await sleep(300)
    }
  })()
  await server.kill()
  await sleep(5_000)
  await server.restart()
  t.same(await cortex.lease({ agent_id: 'another', wait_seconds: 4 }).catch(() => []), [], 'nobody else gets it')
  beating.abort()
  await beats
  t.same([...statuses].sort(), [200, 503])
  t.match(await cortex.end(lease, { kind: 'completed', result }), { status: 200, body: { id, status: 'completed', attempt: 1 } })
})

t.test('while the database is away metrics are told, and SIGTERM ends the process with 0 in time', async (t) => {
  const server = await startServer(t)
  const cortex = await spawnOrchestrator(t, { home: await temporaryFolder(t), databaseUrl: server.url })
  await cortex.create()
  const waiting = cortex.send('POST', '/v1/leases', { agent_id: 'idle', masters: [{ id: 'security-master', title: 'Security', categories: ['security'], concurrency: 1 }], held: [], capacity: 1, wait_seconds: 30 })
  await sleep(500)
  await server.kill()
  const metrics = await (await fetch(`${cortex.url}/metrics`)).text()
  t.match(metrics, /^cortex_store_up 0$/m, 'metrics are told all the same')
  t.notMatch(metrics, /^cortex_(tasks|approvals_pending|oldest_approval_seconds)[{ ]/m, 'without what nobody knows now')
  const begun = performance.now()
  t.same(await cortex.kill('SIGTERM'), [0, null])
  t.ok(performance.now() - begun < 10_000, `${Math.round(performance.now() - begun)} ms`)
  await waiting
})

t.test('a database that hangs is given up in bounded time with a clear answer, and serves again when it goes on', async (t) => {
  const server = await startServer(t)
  const cortex = await spawnOrchestrator(t, { home: await temporaryFolder(t), databaseUrl: server.url })
  const id = await cortex.create({}, { 'idempotency-key': 'before' })
  const processes = [server.pid, ...(await ask<{ pid: number }>(server.url, 'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()')).map(({ pid }) => pid)]
  for (const pid of processes) process.kill(pid, 'SIGSTOP')
  const begun = performance.now()
  const metrics = fetch(`${cortex.url}/metrics`).then((response) => response.text())
  const answers = await Promise.all([1, 2, 3].map(() => cortex.refuse('cortex_create_task', { title: 'Meanwhile', description: 'All of it' })))
  t.match(await metrics, /^cortex_store_up 0$/m)
  const took = performance.now() - begun
  for (const pid of processes) process.kill(pid, 'SIGCONT')
  for (const answer of answers) t.match(answer, { status: 503, body: { code: 'CTX_STORE_UNREACHABLE', detail: /try again/ } })
  t.ok(took < 80_000, `${Math.round(took)} ms`)
  const again = async () => await cortex.call<{ task_id: string }>('cortex_create_task', { title: 'Deploy it', description: 'All of it', category: 'infrastructure' }, { 'idempotency-key': 'before' })
  let answer = await again()
  for (const deadline = performance.now() + 20_000; answer.status !== 200 && performance.now() < deadline; answer = await again());
  t.match(answer, { status: 200, body: { task_id: id } })
})

t.test('when connections are cut at random, those that listen among them, two replicas lose nothing, do nothing twice and leak no connection', async (t) => {
  const server = await startServer(t)
  const options = { databaseUrl: server.url, concurrency: 200 }
  const both = [await spawnOrchestrator(t, { ...options, home: await temporaryFolder(t) }), await spawnOrchestrator(t, { ...options, home: await temporaryFolder(t) })] as const
  const events = await Promise.all(both.map(({ url }) => followEvents(t, url)))
  const witness = new Witness()
  const load = new InsistentLoad(t, both, witness)
  const cut = (condition: string) => ask(server.url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cortex' AND ${condition} ORDER BY random() LIMIT 1`)
  for (let round = 0; round < 12; round++) {
    await load.more(5, 1)
    // Every third time one of the sessions that listen, one of which is elected.
    await cut(round % 3 ? 'true' : 'NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = pg_stat_activity.pid AND NOT l.granted) AND query ~ \'LISTEN|advisory|SELECT 1$\'')
  }
  await load.more(50, 10)
  await load.stopCreating()
  await t.resolves(untilDone(both[0], witness), 'what was left over is worked through')
  await load.stop()

  const tasks = await witness.lookAtTasks(both[1].task)
  t.same(witness.violations, [])
  t.ok(tasks.every(({ status }) => status === 'completed'))
  t.comment(`${witness.created.size} created, the slowest answer took ${Math.round(load.slowest)} ms, ${JSON.stringify([...load.refusals])}`)
  const last = Number((await ask<{ last_seq: string }>(server.url, 'SELECT last_seq FROM cortex.heads'))[0]?.last_seq)
  for (const { seqs, reached } of events) {
    await reached(last)
    t.same(seqs, seqs.map((_, index) => index + 1))
    t.equal(seqs.length, last)
  }
  t.ok(await countConnections(server.url) <= 2 * mostConnections)
})
