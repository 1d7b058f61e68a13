import { join } from 'node:path'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import t from 'tap'
import { createUntilGone, workUntilStopped } from '../support/load.ts'
import { spawnOrchestrator } from '../support/spawn-orchestrator.ts'
import { Witness } from '../support/witness.ts'
import { stores } from './stores.ts'

for (const store of stores) {
  t.test(`${store.name}: SIGTERM while all is busy ends with 0 in time, tells its readers goodbye, and keeps all it acknowledged`, async (t) => {
    const options = await store.options(t)
    const cortex = await spawnOrchestrator(t, { ...options, concurrency: 200 })
    const witness = new Witness()
    const stopped = new AbortController()
    t.teardown(() => stopped.abort())
    const workers = [0, 1].map((index) => workUntilStopped(cortex, `agent-${index}`, { witness, signal: stopped.signal, pause: 50 }))
    const readers = await Promise.all(Array.from({ length: 20 }, async () => lastEvent(await fetch(`${cortex.url}/v1/events`))))
    const later = await cortex.create({ run_at: '2100-01-01T00:00:00Z' })
    const polls = Array.from({ length: 10 }, () => cortex.call<{ status: string }>('cortex_get_task_status', { task_id: later, wait_seconds: 30 }))
    const idle = Array.from({ length: 5 }, (_, index) => cortex.lease({ agent_id: `idle-${index}`, masters: [{ id: 'security-master', title: 'Security', categories: ['security'], concurrency: 1 }], wait_seconds: 30 }).catch(() => []))
    const enough = Promise.withResolvers<void>()
    let answered = 0
    const clients = Array.from({ length: 50 }, (_, client) => createUntilGone(cortex, `${client}`, { witness, size: 100, acknowledged: () => { if (++answered >= 500 && witness.finished.size >= 20) enough.resolve() } }))
    await enough.promise

    const begun = performance.now()
    t.same(await cortex.kill('SIGTERM'), [0, null])
    t.ok(performance.now() - begun < 10_000, `${Math.round(performance.now() - begun)} ms`)
    t.same(await Promise.all(readers.map(({ last }) => last)), Array.from({ length: 20 }, () => 'goodbye'))
    for (const { status, body } of await Promise.all(polls)) t.match({ status, body }, { status: 200, body: { status: 'waiting' } })
    await Promise.all([...idle, ...clients])
    stopped.abort()
    await Promise.all(workers)

    await witness.lookAtFiles(join(options.home, 'tasks'))
    const { task } = await spawnOrchestrator(t, options)
    await witness.lookAtTasks(task)
    t.same(witness.violations, [])
  })
}

/** The name of the last event of a stream that ends by itself. */
async function lastEvent ({ body }: Response): Promise<{ last: Promise<string | undefined> }> {
  const read = async () => {
    let last: string | undefined
    for await (const { event } of body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()) ?? []) last = event
    return last
  }
  return { last: read() }
}
