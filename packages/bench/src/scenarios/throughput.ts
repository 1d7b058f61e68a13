import type { TaskStatusReports } from '@cortex/contracts'
import { TasksLeft } from '../errors.ts'
import { load } from '../measure/load.ts'
import { spread } from '../measure/statistics.ts'
import { createTaskCall } from '../payload.ts'
import { post } from '../post.ts'
import { withServices } from '../run-under-test.ts'
import { row, type Scenario } from '../scenario.ts'
import type { Store } from '../stores.ts'
import { endTasks } from '../worker-processes.ts'

const rounds = 5
const tasksPerRound = 5_000
const warmUp = 2_000
const workers = 2
/** The most that one long poll may ask for. */
const capacity = 64
/** Above what all workers take at once, so that the limit of tasks at once is not what is measured. */
const concurrency = 1_000

const body = JSON.stringify(createTaskCall())

/** How fast tasks pass through lease and end when their work is nothing: each is leased, ended and told of, by itself. */
export function throughputOn (store: Store): Scenario {
  return {
    name: `throughput${store.suffix}`,
    about: `${store.title}: tasks that lie ready, leased (up to ${capacity} a poll) and ended at once, one call each, by ${workers} worker processes over HTTP`,
    run: async ({ folder, say }) => await store.within(folder, async (options) => await withServices({ ...options, concurrency }, async ({ orchestrator }) => {
      say(`${rounds} rounds of ${tasksPerRound} tasks`)
      await measure(orchestrator, warmUp)
      const rates: number[] = []
      for (let round = 0; round < rounds; round++) rates.push(await measure(orchestrator, tasksPerRound))
      return [row('no-op tasks end to end', '/s', spread(rates), store.targets.throughput)]
    }))
  }
}

/** Tasks are stored before the workers come: what creating costs has figures of its own. */
async function measure (orchestrator: string, tasks: number): Promise<number> {
  await load({ url: `${orchestrator}/execute-tool`, body, connections: 50, amount: tasks })
  const seconds = await endTasks({ orchestrator, workers, capacity, tasks })
  for (const status of ['queued', 'in_progress'] as const) {
    const { tasks: left } = JSON.parse(await post(`${orchestrator}/execute-tool`, { tool_name: 'cortex_get_tasks', tool_input: { status, limit: 1 } })) as TaskStatusReports
    if (left.length > 0) throw new TasksLeft(tasks, status)
  }
  return tasks / seconds
}
