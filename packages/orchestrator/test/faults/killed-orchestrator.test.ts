import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createUntilGone, untilDone, workUntilStopped, type Address } from '../support/load.ts'
import { spawnOrchestrator } from '../support/spawn-orchestrator.ts'
import { Witness } from '../support/witness.ts'
import { stores } from './stores.ts'

// Each round starts a process; on a busy machine that is some seconds each.
t.setTimeout(600_000)

for (const store of stores) {
  t.test(`${store.name}: killed ${store.kills} times while 50 at once create and others work, it keeps all it acknowledged, and every file is whole`, async (t) => {
    const options = { ...await store.options(t), concurrency: 200 }
    const witness = new Witness()
    const stopped = new AbortController()
    const address: Address = { url: 'http://127.0.0.1:1' }
    const workers = Array.from({ length: 4 }, (_, index) => workUntilStopped(address, `agent-${index}`, { witness, signal: stopped.signal }))
    t.teardown(() => stopped.abort())

    for (let round = 0; round < store.kills; round++) {
      const cortex = await spawnOrchestrator(t, options)
      address.url = cortex.url
      // The workers are at what the last round left over, before anything new comes.
      await witness.finishedMore(round === 0 ? 0 : 3)
      // Killed after another number of answers each time, so that it is met at another moment of its work.
      const size = round % 5 === 1 ? 200_000 : 100
      const wanted = 20 + 3 * round
      const enough = Promise.withResolvers<void>()
      let answered = 0
      const acknowledged = () => { if (++answered >= wanted) enough.resolve() }
      const clients = Array.from({ length: 50 }, (_, client) => createUntilGone(address, `${round}-${client}`, { witness, size, acknowledged }))
      await enough.promise
      await cortex.kill('SIGKILL')
      await Promise.all(clients)
      await witness.lookAtFiles(join(options.home, 'tasks'))
    }
    t.ok(witness.created.size >= 20 * store.kills)

    const cortex = await spawnOrchestrator(t, options)
    address.url = cortex.url
    await t.resolves(untilDone(cortex, witness), 'what was left over is worked through')
    stopped.abort()
    await Promise.all(workers)
    const tasks = await witness.lookAtTasks(cortex.task)
    t.same(witness.violations, [])
    t.ok(tasks.every(({ status }) => status === 'completed'))

    const [words = '', id] = [...witness.created][0] ?? []
    const { description } = (await cortex.task(String(id))).metadata.original_input as { description: string }
    t.equal(await cortex.create({ description }, { 'idempotency-key': words }), id, 'the key is still known after the crash')
    const acknowledged = new Set([...witness.created.values()].map((created) => `${String(created)}.json`))
    const others = (await readdir(join(options.home, 'tasks'))).filter((name) => name.endsWith('.json') && !acknowledged.has(name))
    const strangers: string[] = []
    for (const name of others) if ((await fetch(`${cortex.url}/v1/tasks/${name.replace('.json', '')}`)).status !== 200) strangers.push(name)
    t.same(strangers, [], 'no file tells of a task that never came to be')
    await cortex.kill('SIGTERM')
    await witness.lookAtFiles(join(options.home, 'tasks'))
    t.same(witness.violations, [])
  })
}
