import { renameSync, writeFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { TasksMissing } from '../errors.ts'
import { alternate } from '../measure/alternate.ts'
import type { LoadResult } from '../measure/load.ts'
import { roundOf } from '../measure/rounds.ts'
import { pairwiseRatio, pooledPercentile, spread } from '../measure/statistics.ts'
import { createTaskCall } from '../payload.ts'
import { peers, type Peer } from '../peers.ts'
import { withServices, type Addresses } from '../run-under-test.ts'
import { percent, row, type Gap, type Row, type Scenario } from '../scenario.ts'
import type { Store } from '../stores.ts'
import { targets } from '../targets.ts'

const pairs = 8
/** Files made one by one, to tell what the file of a task costs here. */
const filesAlone = 2_000
/** The load that the figures are asked for. */
const manyConnections = 50
/** How long the last files may take behind their answers. Milliseconds. */
const filePatience = 10_000

const body = JSON.stringify(createTaskCall())

type Round = () => Promise<LoadResult>

/** Creates over HTTP, fsynced and with their files, against a route that only echoes and against queues behind the same route. */
export function createOn (store: Store): Scenario {
  return {
    name: `create${store.suffix}`,
    about: `POST /execute-tool cortex_create_task, 1 KB, on disk in ${store.title} with its file, against an echo route of the same process and against queues behind the same route`,
    run: async ({ folder, say }) => await store.within(folder, async (options) => await withServices(options, async (addresses) => {
      const counted = new Counted(addresses)
      const rows: Array<Row | Gap> = []
      let create: Round | undefined
      for (const connections of [1, 10, manyConnections]) {
        say(`${connections} connections`)
        const echo = await roundOf({ url: addresses.echo, body, connections })
        create = await roundOf({ url: counted.url, body, connections }, (amount) => counted.add(amount))
        rows.push(...judge(connections, await alternate(pairs, echo, create), store))
      }
      for (const peer of peers) {
        say(`${manyConnections} connections, against ${peer.title}`)
        if (create) rows.push(...await compare(peer, join(folder, peer.kind), addresses.orchestrator, create))
      }
      await counted.check()
      return [...rows, row('one file made and renamed, alone', 'ms', spread(await makeFiles(join(folder, 'files'), filesAlone)))]
    }))
  }
}

/** The queue in a process of its own beside ours, idle while ours is measured as ours is while it is. */
async function compare (peer: Peer, folder: string, orchestrator: string, create: Round): Promise<Array<Row | Gap>> {
  const server = await peer.start(folder)
  const share = at(manyConnections, `create in parts of ${peer.title}`)
  if (!server) return [{ measure: share, missing: peer.missing }]
  try {
    return await peer.behindRoute(server.url, orchestrator, async (url) => {
      const add = await roundOf({ url, body, connections: manyConnections })
      const rounds = await alternate(pairs, add, create)
      return [
        row(at(manyConnections, peer.title), '/s', spread(rounds.map(([{ rate }]) => rate))),
        row(at(manyConnections, `${peer.title} p99`), 'ms', pooledPercentile(rounds.map(([{ latencies }]) => latencies), 0.99)),
        row(share, '%', percent(pairwiseRatio(rounds.map(([theirs, ours]) => [ours.rate, theirs.rate]))), targets.peerShare)
      ]
    })
  } finally {
    await server.close()
  }
}

/**
 * What the disk asks for the file of one task, without anything of ours: the mean of each hundred, in milliseconds. On ext4 it grows
 * from 0.05 to 0.6 for minutes after many files were deleted nearby, since their inodes are passed over one by one.
 */
async function makeFiles (folder: string, files: number): Promise<number[]> {
  await mkdir(folder)
  const bytes = Buffer.alloc(2_500, 'x')
  const means: number[] = []
  for (let hundred = 0; hundred < files / 100; hundred++) {
    const began = performance.now()
    for (let index = 0; index < 100; index++) {
      const draft = join(folder, `.${hundred}-${index}.tmp`)
      writeFileSync(draft, bytes)
      renameSync(draft, join(folder, `${hundred}-${index}.json`))
    }
    means.push((performance.now() - began) / 100)
  }
  return means
}

function judge (connections: number, rounds: ReadonlyArray<readonly [echo: LoadResult, create: LoadResult]>, store: Store): Row[] {
  const asked = connections === manyConnections
  const creates = rounds.map(([, { latencies }]) => latencies)
  return [
    row(at(connections, 'echo'), '/s', spread(rounds.map(([echo]) => echo.rate))),
    row(at(connections, 'create'), '/s', spread(rounds.map(([, create]) => create.rate))),
    row(at(connections, 'create in parts of echo'), '%', percent(pairwiseRatio(rounds.map(([echo, create]) => [create.rate, echo.rate]))), asked ? store.targets.createShare : null),
    row(at(connections, 'create p50'), 'ms', pooledPercentile(creates, 0.5)),
    row(at(connections, 'create p99'), 'ms', pooledPercentile(creates, 0.99), asked ? store.targets.createP99 : null)
  ]
}

function at (connections: number, what: string): string {
  return `${connections} connections: ${what}`
}

/** Holds the rate to its word: each create that was acknowledged has its file. */
class Counted {
  readonly url: string
  readonly #folder: string
  #acknowledged = 0

  constructor ({ orchestrator, tasks }: Addresses) {
    this.url = `${orchestrator}/execute-tool`
    this.#folder = tasks
  }

  add (acknowledged: number): void {
    this.#acknowledged += acknowledged
  }

  /** @throws CTX_BENCH_TASKS_MISSING */
  async check (): Promise<void> {
    const deadline = performance.now() + filePatience
    for (;;) {
      const files = (await readdir(this.#folder)).filter((name) => name.endsWith('.json')).length
      if (files === this.#acknowledged) return
      if (performance.now() > deadline) throw new TasksMissing(this.#acknowledged, files)
      await delay(100)
    }
  }
}
