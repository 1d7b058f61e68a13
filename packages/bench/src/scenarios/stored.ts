import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { TaskStatusReports } from '@cortex/contracts'
import { TasksMissing } from '../errors.ts'
import { fillStore } from '../fill-store.ts'
import { alternate } from '../measure/alternate.ts'
import { load } from '../measure/load.ts'
import { residentKilobytes } from '../measure/memory.ts'
import { roundOf } from '../measure/rounds.ts'
import { pairwiseRatio, pooledPercentile, spread } from '../measure/statistics.ts'
import { createTaskCall } from '../payload.ts'
import { post } from '../post.ts'
import { withServices } from '../run-under-test.ts'
import { percent, row, single, type Row, type Scenario } from '../scenario.ts'
import { startStandalone } from '../standalone.ts'
import { conversation, searched } from '../stored-tasks.ts'
import { targets } from '../targets.ts'

const tasks = 1_000_000
const rounds = 4
const readsPerRound = 300
/** Answers at the beginning of each round that are not counted: connections are made, and of a hundred answers the slowest would be the first of each. */
const uncounted = 40
/** Asked before all of them, so that the process has compiled what it runs often, as one has that runs for a while: until then a status took three times as long. */
const warmUp = 3_000
const readers = 4
const pairs = 8
const connections = 50
const starts = 3
/** How long a process is left alone before its memory is read. Milliseconds. */
const idle = 5_000

const { stored: wanted } = targets

/** What a million tasks in the store do to everything else. */
const stored: Scenario = {
  name: 'stored',
  about: `SQLite with ${tasks.toLocaleString('en')} tasks of 1 KB, 97 % of them ended, in 10,000 conversations: reads at ${readers} connections, creates against an empty store, the standalone process on it`,
  run: async ({ folder, say }) => {
    const full = join(folder, 'full')
    const began = performance.now()
    const ids = await fillStore(full, tasks, (count) => say(`${count.toLocaleString('en')} tasks stored`))
    const rows = [row('filling the store', 's', single((performance.now() - began) / 1_000))]
    rows.push(...await startRows(full, say))
    rows.push(...await withServices({ home: full }, async ({ orchestrator, pid }) => {
      const url = `${orchestrator}/execute-tool`
      await checkFilled(url)
      const asked = questions(ids)
      for (const [, bodies] of asked.slice(0, 2)) await load({ url, body: bodies, connections: readers, amount: warmUp })
      const reads: Row[] = []
      for (const [measure, bodies] of asked) {
        say(measure)
        reads.push(row(`${measure}, p99`, 'ms', await readTimes(url, bodies), wanted.read))
      }
      reads.push(...await memoryRow('resident memory of the orchestrator, after these reads', pid))
      say('creates against an empty store')
      return [...reads, await createShare(url, join(folder, 'empty'))]
    }))
    return rows
  }
}
export default stored

/** Each with bodies of its own, so that no answer is read from what the one before left in a cache. */
function questions (ids: readonly string[]): Array<readonly [measure: string, bodies: string[]]> {
  const call = (tool: string, input: (index: number) => object) => Array.from({ length: readsPerRound }, (_, index) => JSON.stringify({ tool_name: tool, tool_input: input(index) }))
  const page = (filter: object) => call('cortex_get_tasks', () => filter)
  return [
    ['status of one task', call('cortex_get_task_status', (index) => ({ task_id: ids[Math.floor(index * 0.618 * ids.length) % ids.length] }))],
    ['first page of all', page({})],
    ['first page, status completed', page({ status: 'completed' })],
    ['first page, status failed', page({ status: 'failed' })],
    ['first page, status awaiting_approval', page({ status: 'awaiting_approval' })],
    ['first page, status in_progress (none)', page({ status: 'in_progress' })],
    ['first page, category', page({ category: 'security' })],
    ['first page, status and category', page({ status: 'cancelled', category: 'cicd' })],
    ['first page, status in_progress and category (none)', page({ status: 'in_progress', category: 'cicd' })],
    ['first page, conversation', call('cortex_get_tasks', (index) => ({ conversation: conversation(index * 617) }))],
    ['first page, text of one task in 80', page({ text: searched.often })],
    ['first page, text of one task', page({ text: searched.once })],
    ['first page, text of no task', page({ text: searched.never })],
    ['first page, text and status', page({ text: searched.often, status: 'failed' })]
  ]
}

async function readTimes (url: string, bodies: readonly string[]) {
  const times: Float64Array[] = []
  for (let round = -1; round < rounds; round++) {
    const { latencies } = await load({ url, body: bodies, connections: readers, amount: uncounted + readsPerRound })
    if (round >= 0) times.push(latencies.subarray(uncounted))
  }
  return pooledPercentile(times, 0.99)
}

/** Fast answers of nothing would be no figure. */
async function checkFilled (url: string): Promise<void> {
  const { tasks: found } = JSON.parse(await post(url, { tool_name: 'cortex_get_tasks', tool_input: { text: searched.once } })) as TaskStatusReports
  if (found.length !== 1) throw new TasksMissing(tasks, `${found.length} with “${searched.once}”`)
}

/** Both processes run all the time; while one is measured the other is asked for nothing. */
async function createShare (full: string, emptyHome: string): Promise<Row> {
  return await withServices({ home: emptyHome }, async ({ orchestrator }) => {
    const body = JSON.stringify(createTaskCall())
    const [first, second] = [await roundOf({ url: full, body, connections }), await roundOf({ url: `${orchestrator}/execute-tool`, body, connections })]
    const rates = await alternate(pairs, first, second)
    return row(`${connections} connections: create in parts of the empty store`, '%', percent(pairwiseRatio(rates.map(([full, empty]) => [full.rate, empty.rate]))), wanted.createShare)
  })
}

async function startRows (home: string, say: (what: string) => void): Promise<Row[]> {
  const seconds: number[] = []
  const memory: Row[] = []
  for (let start = 0; start < starts; start++) {
    say(`start ${start + 1} of ${starts}`)
    const last = start === starts - 1
    seconds.push(await startStandalone(home, async ({ pid }) => {
      if (!last) return
      await delay(idle)
      memory.push(...await memoryRow(`resident memory, ${idle / 1_000} s after ready`, pid))
    }) / 1_000)
  }
  return [row('start → ready', 's', spread(seconds), wanted.ready), ...memory]
}

async function memoryRow (measure: string, pid: number): Promise<Row[]> {
  const kilobytes = await residentKilobytes(pid)
  return kilobytes === null ? [] : [row(measure, 'MB', single(kilobytes / 1_024), wanted.memory)]
}
