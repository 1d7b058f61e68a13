import { setTimeout as sleep } from 'node:timers/promises'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { Client } from 'pg'
import type { Problem } from '@cortex/contracts'
import { speakTo } from '../orchestrator.ts'
import { workUntilStopped, type Address } from './load.ts'
import type { TestOwner } from './spawn-orchestrator.ts'
import type { Witness } from './witness.ts'

/** Milliseconds in which a request is answered, whatever becomes of the database meanwhile. */
const answerLimit = 20_000

/** Clients and workers that live on over all faults of the database, and repeat what was not answered by its key. */
export class InsistentLoad {
  readonly witness: Witness
  /** Answers that were no 200, by their code. */
  readonly refusals = new Map<string, number>()
  slowest = 0
  readonly #stopped = new AbortController()
  readonly #creating = new AbortController()
  readonly #clients: Array<Promise<void>> = []
  readonly #workers: Array<Promise<void>> = []

  constructor (t: TestOwner, addresses: readonly Address[], witness: Witness, { clients = 10, workers = 2 } = {}) {
    this.witness = witness
    for (const [place, address] of addresses.entries()) {
      for (let index = 0; index < clients; index++) this.#clients.push(this.#create(address, `${place}-${index}`))
      for (let index = 0; index < workers; index++) this.#workers.push(workUntilStopped(address, `agent-${place}-${index}`, { witness, signal: this.#stopped.signal, pause: 50 }))
    }
    t.teardown(() => this.stop())
  }

  /** Resolves when that many more were created and finished than now. */
  async more (created: number, finished: number): Promise<void> {
    const { witness } = this
    const wanted = [witness.created.size + created, witness.finished.size + finished] as const
    while (witness.created.size < wanted[0] || witness.finished.size < wanted[1]) await sleep(20)
  }

  async stopCreating (): Promise<void> {
    this.#creating.abort()
    await Promise.all(this.#clients)
  }

  async stop (): Promise<void> {
    this.#stopped.abort()
    await this.stopCreating()
    await Promise.all(this.#workers)
  }

  async #create (address: Address, name: string): Promise<void> {
    for (let index = 0; !this.#creating.signal.aborted; index++) {
      const words = `${name}-${index} `
      while (!this.#stopped.signal.aborted) {
        const begun = performance.now()
        const answer = await speakTo(address.url).call<{ task_id: string } & Problem>('cortex_create_task', { title: 'Deploy it', description: `${words}${'x'.repeat(100)}`, category: 'infrastructure' }, { 'idempotency-key': words })
          .catch(() => null)
        const took = performance.now() - begun
        this.slowest = Math.max(this.slowest, took)
        if (took > answerLimit) this.witness.violations.push(`${words}was answered after ${Math.round(took)} ms`)
        if (answer?.status === 200) {
          this.witness.acknowledgeCreate(words, answer.body.task_id)
          break
        }
        const code = answer?.body.code ?? 'nobody there'
        this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1)
        if (answer && !/try again/.test(answer.body.detail)) this.witness.violations.push(`${words}was refused without a word of what to do: ${answer.body.detail}`)
        await sleep(100)
      }
    }
  }
}

/** Numbers of all events as one reader gets them, over one connection that must not break. */
export async function followEvents (t: TestOwner, url: string): Promise<{ seqs: number[], reached: (seq: number) => Promise<void> }> {
  const controller = new AbortController()
  t.teardown(async () => controller.abort())
  const { body } = await fetch(`${url}/v1/events?after=0`, { signal: controller.signal })
  const seqs: number[] = []
  void (async () => {
    for await (const { id } of body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()) ?? []) if (id !== undefined) seqs.push(Number(id))
  })().catch(() => {})
  return { seqs, reached: async (seq) => { while ((seqs.at(-1) ?? 0) < seq) await sleep(20) } }
}

/** One statement as the superuser sees it. */
export async function ask<Row extends object> (url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

/** Connections that orchestrators hold to this database. */
export async function countConnections (url: string): Promise<number> {
  return (await ask<{ count: number }>(url, "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'cortex' AND datname = current_database()"))[0]?.count ?? 0
}
