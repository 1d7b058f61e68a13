import { fork } from 'node:child_process'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { EventSourceParserStream } from 'eventsource-parser/stream'
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
/** Events a reader that comes back has missed. */
const behind = 300
const program = fileURLToPath(new URL('../reader-crowd.ts', import.meta.url))

export interface CrowdOptions {
  orchestrator: string
  readers: number
}

/** What the readers are told to do. */
export type CrowdCall = { kind: 'measure' } | { kind: 'return', behind: number, newest: number }

/** Milliseconds until all have what they missed. */
export interface Returned { caughtUp: number }

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
    const tell = (call: CrowdCall) => child.send(call)
    const answer = async <T>(): Promise<T> => (await Promise.race([once(child, 'message'), ended]))[0] as T
    try {
      say(`${crowd} readers come, then ${idle / 1_000} s idle`)
      await answer()
      await delay(idle)
      const after = await residentKilobytes(pid)
      say(`${rounds} events`)
      const measured: Arrivals[] = []
      for (let round = -warmUp; round < rounds; round++) {
        tell({ kind: 'measure' })
        const arrivals = await answer<Arrivals>()
        if (round >= 0) measured.push(arrivals)
      }
      for (let index = 0; index < behind; index++) await post(`${orchestrator}/execute-tool`, createTaskCall())
      say(`${crowd} readers come back ${behind} events behind`)
      tell({ kind: 'return', behind, newest: await newestEvent(orchestrator) })
      const returned = answer<Returned>()
      const longest = await longestAnswer(`${orchestrator}/livez`, returned)
      return [...arrivalRows(measured), ...returnRows(await returned, longest), ...memoryRows(before, after)]
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

async function newestEvent (orchestrator: string): Promise<number> {
  const controller = new AbortController()
  const { body } = await fetch(`${orchestrator}/v1/events`, { signal: controller.signal })
  for await (const { event, data } of body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()) ?? []) {
    if (event === 'ready') return (JSON.parse(data) as { seq: number }).seq
  }
  throw new Error('the stream of events ended')
}

/** Milliseconds; asked every 50 ms on a connection of its own, as probes do, until the other is there. */
async function longestAnswer (url: string, until: Promise<unknown>): Promise<number> {
  let longest = 0
  const ended = until.then(() => true, () => true)
  do {
    const asked = performance.now()
    const [response] = await once(get(url, { agent: false }), 'response') as [IncomingMessage]
    await once(response.resume(), 'end')
    longest = Math.max(longest, performance.now() - asked)
  } while (!await Promise.race([ended, delay(50, false)]))
  return longest
}

function returnRows ({ caughtUp }: Returned, longest: number): Row[] {
  return [
    row(`${crowd.toLocaleString('en')} readers ${behind} behind have all of it`, 's', single(caughtUp / 1_000)),
    row('longest answer of /livez meanwhile', 'ms', single(longest), targets.readers.livez)
  ]
}

function memoryRows (before: number | null, after: number | null): Row[] {
  if (before === null || after === null) return []
  return [row('resident memory before the readers', 'MB', single(before / 1_024)), row('resident memory for each idle reader', 'kB', single((after - before) / crowd))]
}
