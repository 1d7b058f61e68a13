import { setTimeout as delay } from 'node:timers/promises'
import type { LeaseList, LeaseOutcome, LeaseRequest } from '@cortex/contracts'
import { AnswerUnexpected } from '../errors.ts'
import { pooledPercentile } from '../measure/statistics.ts'
import { createTaskCall } from '../payload.ts'
import { PlainConnection } from '../plain-connection.ts'
import { withServices } from '../run-under-test.ts'
import { row, type Scenario } from '../scenario.ts'
import type { Store } from '../stores.ts'

const rounds = 5
const tasksPerRound = 100
/** So many that the process has compiled what it runs often, as one has that runs for a while: after 200, a start took 5.0 ms where it takes 3.6 after these. */
const warmUp = 3_000
/** Between the long poll and the create, so that the worker waits as it would. Milliseconds. */
const pause = 3

const request: LeaseRequest = {
  agent_id: 'bench', masters: [{ id: 'infrastructure-master', title: 'Infrastructure', categories: ['infrastructure'], concurrency: 4 }], held: [], capacity: 1, wait_seconds: 10
}
const outcome: LeaseOutcome = { kind: 'completed', result: { summary: 'Nothing was asked for', evidence: [{ claim: 'It was leased', detail: 'by the benchmark' }] } }

/** How long a task lies before a worker that waits for one has it. */
export function workerStartOn (store: Store): Scenario {
  return {
    name: `worker-start${store.suffix}`,
    about: `${store.title}: from the create being sent until the long poll of a waiting worker is answered with the task, both over HTTP, on plain sockets`,
    run: async ({ folder, say }) => await store.within(folder, async (options) => await withServices(options, async ({ orchestrator }) => {
      say(`${rounds} rounds of ${tasksPerRound} tasks`)
      await measure(orchestrator, warmUp)
      const times: number[][] = []
      for (let round = 0; round < rounds; round++) times.push(await measure(orchestrator, tasksPerRound))
      return [
        row('create → worker starts, p50', 'ms', pooledPercentile(times, 0.5), store.targets.workerStart),
        row('create → worker starts, p99', 'ms', pooledPercentile(times, 0.99))
      ]
    }))
  }
}

async function measure (orchestrator: string, tasks: number): Promise<number[]> {
  const times: number[] = []
  const [polling, calling] = [new PlainConnection(orchestrator), new PlainConnection(orchestrator)]
  for (let task = 0; task < tasks; task++) {
    const poll = polling.post('/v1/leases', request).then((answer) => ({ answer, at: performance.now() }))
    await delay(pause)
    const sent = performance.now()
    const [{ answer, at }] = await Promise.all([poll, calling.post('/execute-tool', createTaskCall())])
    const [lease] = (JSON.parse(answer) as LeaseList).leases
    if (!lease) throw new AnswerUnexpected('/v1/leases', 'no lease', answer)
    times.push(at - sent)
    await calling.post(`/v1/leases/${lease.lease_id}/outcome`, outcome)
  }
  polling.close()
  calling.close()
  return times
}
