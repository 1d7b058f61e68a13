import { pino } from 'pino'
import t from 'tap'
import { OrchestratorClient } from '../src/orchestrator-client.ts'
import { startRun } from '../src/run.ts'
import { startCortex } from './cortex.ts'

t.test('a worker whose journal is full fails its task and says so, with what it had done until then in the log', async (t) => {
  const cortex = await startCortex(t, { bounds: { partTasks: 100, partBytes: 500_000, partLines: 500, journalEntries: 3, journalBytes: 1_000 } })
  const agent = startRun({
    client: new OrchestratorClient(cortex.url),
    agentId: 'writing',
    policy: () => ({ file: null, rules: [] }),
    masters: () => [{ id: 'general-master', title: 'General', categories: ['general'], concurrency: 4 }],
    logger: pino({ level: 'silent' }),
    async work (session) {
      for (let step = 0; step < 10; step++) {
        session.log(`Step ${step}`)
        await session.journal({ [`step:${step}`]: 'done' })
      }
      return { kind: 'completed', result: { summary: 'Done', evidence: [{ claim: 'All steps were done', detail: '10' }] } }
    }
  })
  t.teardown(() => agent.close())
  const id = await cortex.create('Write', 'general')
  t.match(await cortex.ended(id), { status: 'failed', error: { code: 'CTX_JOURNAL_FULL', message: /4 entries, and 3 is the most.*Split the task/ } })
  t.same(await cortex.log(id), ['Step 0', 'Step 1', 'Step 2', 'Step 3'])
})
