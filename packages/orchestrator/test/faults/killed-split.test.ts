import type { TaskList } from '@cortex/contracts'
import t from 'tap'
import { result } from '../orchestrator.ts'
import { spawnOrchestrator } from '../support/spawn-orchestrator.ts'
import { stores } from './stores.ts'

t.setTimeout(300_000)

const parts = [{ title: 'A', description: 'A', ref: 'a' }, { title: 'B', description: 'B', depends_on: ['a'] }, { title: 'C', description: 'C' }]
const masters = [{ id: 'general-master', title: 'General', categories: ['general'], concurrency: 100 }]

for (const store of stores) {
  t.test(`${store.name}: killed while tasks are split, each has all of its parts once or none, and all come to their end`, async (t) => {
    const options = { ...await store.options(t), concurrency: 100 }
    const first = await spawnOrchestrator(t, options)
    const ids = await Promise.all(Array.from({ length: 16 }, (_, index) => first.create({ title: `Whole ${index}`, category: 'general' })))
    let held: string[] = []
    while (held.length < ids.length) held = [...held, ...(await first.lease({ masters, held, capacity: 64 })).map(({ lease_id: lease }) => lease)]
    const some = Promise.withResolvers<void>()
    let answered = 0
    // Four at a time, so that the kill meets some that are stored and not answered, and some that were never sent.
    const left = [...held]
    const splits = Array.from({ length: 4 }, async () => {
      for (let lease = left.pop(); lease !== undefined; lease = left.pop()) {
        const { status } = await first.end(lease, { kind: 'sub_tasks', sub_tasks: parts })
        if (status === 200 && ++answered === 6) some.resolve()
      }
    })
    const gone = Promise.allSettled(splits)
    await some.promise
    await first.kill('SIGKILL')
    await gone

    const cortex = await spawnOrchestrator(t, options)
    const partsOf = async (id: string) => (await cortex.send<TaskList>('GET', `/v1/tasks?parent_id=${id}`)).body.tasks
    let whole = 0
    for (const id of ids) {
      const [task, made] = [await cortex.task(id), await partsOf(id)]
      t.same(made.map((part) => part.id).reverse(), task.sub_tasks ?? [])
      t.ok(made.length === 0 || (made.length === 3 && task.status === 'waiting'), `${made.length} parts, ${task.status}`)
      if (made.length > 0) whole++
    }
    t.ok(whole >= 6 && whole <= ids.length, `${whole} were split`)

    // As a worker does: it splits what is not split, and ends what it finds split or is a part.
    let ended = 0
    while (ended < 4 * ids.length) {
      for (const { lease_id: lease, task } of await cortex.lease({ masters, capacity: 64 })) {
        const splits = task.parent_id === null && !task.sub_tasks
        t.equal((await cortex.end(lease, splits ? { kind: 'sub_tasks', sub_tasks: parts } : { kind: 'completed', result })).status, 200)
        if (!splits) ended++
      }
    }
    for (const id of ids) {
      t.match(await cortex.task(id), { status: 'completed', attempts: [{ outcome: /split|lost/ }] })
      t.equal((await partsOf(id)).length, 3)
    }
  })
}
