import { renameSync, writeFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { TasksMissing } from '../errors.ts'
import { alternate } from '../measure/alternate.ts'
import { load, type LoadOptions, type LoadResult } from '../measure/load.ts'
import { pairwiseRatio, pooledPercentile, spread } from '../measure/statistics.ts'
import { createTaskCall } from '../payload.ts'
import { withServices, type Addresses } from '../run-under-test.ts'
import { row, type Row, type Scenario, type ScenarioContext } from '../scenario.ts'

const pairs = 8
/** How long one side of a pair takes, about: short, for files made now are the kernel's work for minutes. Seconds. */
const roundTime = 0.5
/** How long each side runs before anything counts: the compilers have to settle. Seconds. */
const warmUpTime = 1
/** Requests in the first try, which only tells how many make a round. */
const firstTry = 500
/** Files made one by one, to tell what the file of a task costs here. */
const filesAlone = 2_000

const targets = { share: { is: 'at least', value: 35 }, p99: { is: 'below', value: 25 } } as const

/** Creates over HTTP, fsynced and with their files, against a route that only echoes. */
const create: Scenario = {
  name: 'create',
  about: 'POST /execute-tool cortex_create_task, 1 KB, on disk with its file, against an echo route of the same process',
  run: async ({ folder, say }: ScenarioContext) => await withServices({ home: folder }, async (addresses) => {
    const body = JSON.stringify(createTaskCall())
    const counted = new Counted(addresses)
    const rows: Row[] = []
    for (const connections of [1, 10, 50]) {
      say(`${connections} connections`)
      const echo = await roundOf({ url: addresses.echo, body, connections })
      const create = await roundOf({ url: counted.url, body, connections }, counted)
      rows.push(...judge(connections, await alternate(pairs, echo, create)))
    }
    await counted.check()
    return [...rows, row('one file made and renamed, alone', 'ms', spread(await makeFiles(join(folder, 'files'), filesAlone)))]
  })
}
export default create

/** Warms one side up and answers what measures it once. */
async function roundOf (options: Omit<LoadOptions, 'amount'>, counted?: Counted): Promise<() => Promise<LoadResult>> {
  const run = async (amount: number) => {
    const result = await load({ ...options, amount })
    counted?.add(amount)
    return result
  }
  const lasting = (seconds: number, rate: number) => Math.ceil(rate * seconds / options.connections) * options.connections
  const tried = await run(firstTry)
  const { rate } = await run(lasting(warmUpTime, tried.rate))
  return async () => await run(lasting(roundTime, rate))
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

function judge (connections: number, rounds: ReadonlyArray<readonly [echo: LoadResult, create: LoadResult]>): Row[] {
  const asked = connections === 50
  const at = (what: string) => `${connections} connections: ${what}`
  const creates = rounds.map(([, { latencies }]) => latencies)
  const { value, low, high } = pairwiseRatio(rounds.map(([echo, create]) => [create.rate, echo.rate]))
  return [
    row(at('echo'), '/s', spread(rounds.map(([echo]) => echo.rate))),
    row(at('create'), '/s', spread(rounds.map(([, create]) => create.rate))),
    row(at('create in parts of echo'), '%', { value: value * 100, low: low * 100, high: high * 100 }, asked ? targets.share : null),
    row(at('create p50'), 'ms', pooledPercentile(creates, 0.5)),
    row(at('create p99'), 'ms', pooledPercentile(creates, 0.99), asked ? targets.p99 : null)
  ]
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
    const files = (await readdir(this.#folder)).filter((name) => name.endsWith('.json')).length
    if (files !== this.#acknowledged) throw new TasksMissing(this.#acknowledged, files)
  }
}
