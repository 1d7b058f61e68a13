import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ProcessEnded } from '../errors.ts'
import { residentKilobytes } from '../measure/memory.ts'
import { pooledPercentile, spread } from '../measure/statistics.ts'
import { createTaskCall } from '../payload.ts'
import { post } from '../post.ts'
import { withServices } from '../run-under-test.ts'
import { row, single, type Row, type Scenario } from '../scenario.ts'
import { targets } from '../targets.ts'

const crowd = 5_000
const rounds = 20
const warmUp = 3
/** How long the readers are left alone before memory is read: one heartbeat has gone to each by then. Milliseconds. */
const idle = 20_000
const program = fileURLToPath(new URL('../reader-crowd.ts', import.meta.url))

export interface CrowdOptions {
  orchestrator: string
  readers: number
}

/** Milliseconds from sending a create. */
export interface Arrivals {
  answered: number
  /** Of its event, at each reader. */
  arrivals: number[]
}

/** How long one change takes to reach everybody who watches, and what somebody who watches costs. */
const readers: Scenario = {
  name: 'readers',
  about: `${crowd.toLocaleString('en')} readers of GET /v1/events on one process: from the create being sent until its event has arrived at each`,
  run: async ({ folder, say }) => await withServices({ home: folder }, async ({ orchestrator, pid }) => {
    for (let index = 0; index < 100; index++) await post(`${orchestrator}/execute-tool`, createTaskCall())
    const before = await residentKilobytes(pid)
    const options: CrowdOptions = { orchestrator, readers: crowd }
    const child = fork(program, [JSON.stringify(options)], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const { promise: ended, reject } = Promise.withResolvers<never>()
    child.once('exit', (code, signal) => reject(new ProcessEnded(code ?? signal)))
    const answer = async <T>(): Promise<T> => (await Promise.race([once(child, 'message'), ended]))[0] as T
    try {
      say(`${crowd} readers come, then ${idle / 1_000} s idle`)
      await answer()
      await delay(idle)
      const after = await residentKilobytes(pid)
      say(`${rounds} events`)
      const measured: Arrivals[] = []
      for (let round = -warmUp; round < rounds; round++) {
        child.send('measure')
        const arrivals = await answer<Arrivals>()
        if (round >= 0) measured.push(arrivals)
      }
      return [...arrivalRows(measured), ...memoryRows(before, after)]
    } finally {
      if (child.connected) child.disconnect()
      await ended.catch(() => {})
    }
  })
}
export default readers

function arrivalRows (measured: readonly Arrivals[]): Row[] {
  const times = measured.map(({ arrivals }) => arrivals)
  return [
    row('create answered', 'ms', spread(measured.map(({ answered }) => answered))),
    row('event at a reader, p50', 'ms', pooledPercentile(times, 0.5)),
    row('event at a reader, p99', 'ms', pooledPercentile(times, 0.99)),
    row('event at the last reader', 'ms', spread(times.map((each) => Math.max(...each))), targets.readers.last)
  ]
}

function memoryRows (before: number | null, after: number | null): Row[] {
  if (before === null || after === null) return []
  return [row('resident memory before the readers', 'MB', single(before / 1_024)), row('resident memory for each idle reader', 'kB', single((after - before) / crowd))]
}
