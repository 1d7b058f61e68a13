import type { AuditEntry, AuditPage, TaskList } from '@cortex/contracts'
import t from 'tap'
import { checkChain } from '../contract/audit.ts'
import { spawnOrchestrator } from '../support/spawn-orchestrator.ts'
import { stores } from './stores.ts'

t.setTimeout(300_000)

for (const store of stores) {
  t.test(`${store.name}: killed in the middle of creates, every task there is has its line in the audit, every line its task, and the chain is whole`, async (t) => {
    const options = await store.options(t)
    for (let round = 0; round < 3; round++) {
      const cortex = await spawnOrchestrator(t, options)
      const enough = Promise.withResolvers<void>()
      let answered = 0
      const clients = Array.from({ length: 20 }, async () => {
        for (;;) {
          await cortex.create()
          if (++answered === 40) enough.resolve()
        }
      })
      const gone = Promise.allSettled(clients)
      await enough.promise
      await cortex.kill('SIGKILL')
      await gone
    }
    const cortex = await spawnOrchestrator(t, options)
    const entries: AuditEntry[] = []
    for (let after: number | null = 0; after !== null;) {
      const { body }: { body: AuditPage } = await cortex.send<AuditPage>('GET', `/v1/audit?limit=200&after=${after}`)
      entries.push(...body.entries)
      after = body.next_after
      if (after === null) checkChain(t, { ...body, entries })
    }
    const tasks: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: { body: TaskList } = await cortex.send<TaskList>('GET', `/v1/tasks?limit=200${cursor && `&cursor=${cursor}`}`)
      tasks.push(...body.tasks.map(({ id }) => id))
      cursor = body.next_cursor
    }
    t.ok(tasks.length >= 120)
    t.same(entries.map(({ task_id: id }) => id).sort(), tasks.sort())
  })
}
