import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CreatedTask, TaskMetrics, TaskStatusReport } from '@cortex/contracts'
import { concurrency, steps, writeDefinitions } from '../agent-definitions.ts'
import { AnswerUnexpected } from '../errors.ts'
import { alternate } from '../measure/alternate.ts'
import { residentKilobytes } from '../measure/memory.ts'
import { pairwiseRatio, pooledPercentile, spread } from '../measure/statistics.ts'
import { post } from '../post.ts'
import { withServices } from '../run-under-test.ts'
import { percent, row, single, type Scenario } from '../scenario.ts'
import { startSlowAddress } from '../slow-address.ts'
import { targets } from '../targets.ts'

const pairs = 5
/** What each step waits. Milliseconds. */
const wait = 100
const waiting = 200

/** The agents beside the orchestrator in one process, as `npm start` runs them: tasks side by side, what a step costs, and what waits for a person. */
const agents: Scenario = {
  name: 'agents',
  about: `tasks of ${steps} steps, each a read that takes ${wait} ms, by runbooks in one process with the orchestrator; from the create being sent until the task is told of as completed`,
  run: async ({ folder, say }) => {
    const slow = await startSlowAddress(wait)
    try {
      const definitions = await writeDefinitions(folder, slow.url)
      return await withServices({ home: join(folder, 'home'), concurrency, agents: definitions }, async ({ orchestrator, pid }) => {
        let made = 0
        const alone = async (): Promise<number> => {
          const began = performance.now()
          await untilCompleted(orchestrator, await create(orchestrator, `Slow reads number ${made++}`))
          return performance.now() - began
        }
        const together = async (): Promise<number> => {
          const began = performance.now()
          await Promise.all(Array.from({ length: concurrency }, alone))
          return performance.now() - began
        }
        say('once to warm up')
        await together()
        slow.gaps()
        say(`${pairs} pairs of one task and of ${concurrency}`)
        const gaps: number[][] = []
        const timed = await alternate(pairs, together, async () => {
          slow.gaps()
          const time = await alone()
          gaps.push(slow.gaps())
          return time
        })
        say(`${waiting} tasks that wait for a person`)
        const letWait = async (from: number, count: number) => {
          await Promise.all(Array.from({ length: count }, (_, index) => create(orchestrator, `Waiting change number ${from + index}`)))
          while (await awaitingApproval(orchestrator) < from + count) await sleep(100)
        }
        await letWait(0, concurrency)
        const before = await residentKilobytes(pid)
        await letWait(concurrency, waiting)
        const after = await residentKilobytes(pid)
        const beside = await together()
        return [
          row('one task alone', 'ms', spread(timed.map(([, one]) => one))),
          row(`${concurrency} tasks at once`, 'ms', spread(timed.map(([many]) => many))),
          row(`${concurrency} tasks at once, in parts of one alone`, '%', percent(pairwiseRatio(timed)), targets.agents.parallel),
          row('overhead of a step, p50', 'ms', pooledPercentile(gaps, 0.5), targets.agents.overhead),
          row('overhead of a step, p99', 'ms', pooledPercentile(gaps, 0.99)),
          ...(before === null || after === null ? [] : [row(`resident memory for each of ${waiting} tasks that wait for a person`, 'kB', single((after - before) / waiting), targets.agents.waiting)]),
          row(`${concurrency} tasks at once while ${waiting + concurrency} wait for a person, of ${concurrency} places`, 'ms', single(beside))
        ]
      })
    } finally {
      await slow.close()
    }
  }
}
export default agents

async function create (orchestrator: string, title: string): Promise<string> {
  const call = { tool_name: 'cortex_create_task', tool_input: { title, description: title, category: 'general' } }
  return (JSON.parse(await post(`${orchestrator}/execute-tool`, call)) as CreatedTask).task_id
}

async function awaitingApproval (orchestrator: string): Promise<number> {
  return (JSON.parse(await post(`${orchestrator}/execute-tool`, { tool_name: 'cortex_get_metrics', tool_input: {} })) as TaskMetrics).by_status.awaiting_approval
}

/** @throws CTX_BENCH_ANSWER_UNEXPECTED when it ends in another way */
async function untilCompleted (orchestrator: string, id: string): Promise<void> {
  for (;;) {
    const answer = await post(`${orchestrator}/execute-tool`, { tool_name: 'cortex_get_task_status', tool_input: { task_id: id, wait_seconds: 30 } })
    const { status } = JSON.parse(answer) as TaskStatusReport
    if (status === 'completed') return
    if (['failed', 'cancelled', 'awaiting_approval'].includes(status)) throw new AnswerUnexpected('cortex_get_task_status', status, answer.slice(0, 500))
  }
}
