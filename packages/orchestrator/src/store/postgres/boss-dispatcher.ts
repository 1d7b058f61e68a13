import { PgBoss, type JobInsert } from 'pg-boss'
import type { FastifyBaseLogger } from 'fastify'
import type { Demand } from '../../domain/admission.ts'
import type { Delivery, Dispatcher } from '../dispatcher.ts'
import { InProcessDispatcher } from '../in-process-dispatcher.ts'
import { jobSchema } from './job-tables.ts'
import type { Connection, Postgres } from './postgres.ts'

/** Whoever admitted a task has a worker waiting and gives it out at once; its job is for others only when that one is gone by then. Seconds. */
const headStart = 3
/** What was fetched and is not acknowledged by then is fetched again. Seconds. */
const expiry = 15
/** Milliseconds between two looks for jobs that were left. */
const lookInterval = 1_000

interface BossDelivery extends Delivery { readonly job_id: string }

/**
 * Delivery over any number of replicas, by pg-boss: a job for each admitted task, stored within the transaction that admits it. Tasks are admitted for
 * workers that wait right here, so they are handed over in the process the moment they are committed, which spares every task a fetch
 * (1 to 2 ms, and a commit of its own); the job makes sure that it reaches a worker when this process does not live to do it.
 */
export class BossDispatcher implements Dispatcher<BossDelivery> {
  readonly #boss: PgBoss
  readonly #log: FastifyBaseLogger
  readonly #here = new InProcessDispatcher<BossDelivery>()
  readonly #queues = new Map<string, Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | null = null

  constructor (postgres: Postgres, log: FastifyBaseLogger) {
    this.#log = log
    const executeSql = async (text: string, values?: unknown[]) => ({ rows: await postgres.relaxed.query<object>(text, values && values.length > 0 ? values : undefined) })
    this.#boss = new PgBoss({ db: { executeSql }, schema: jobSchema, schedule: false, superviseIntervalSeconds: 5, monitorIntervalSeconds: 5 })
    this.#boss.on('error', (error) => log.warn({ err: error }, 'pg-boss could not do its rounds; it tries again'))
  }

  async start (): Promise<void> {
    await this.#boss.start()
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().catch((error: unknown) => this.#log.warn({ err: error }, 'left jobs could not be fetched; they are tried again')).finally(() => { this.#looking = null })
    }, lookInterval)
  }

  demand (): Demand[] {
    return this.#here.demand()
  }

  onDemand (listener: () => void): void {
    this.#here.onDemand(listener)
  }

  /** A job for each, within the transaction of that connection. */
  async store (connection: Connection, deliveries: readonly BossDelivery[]): Promise<void> {
    const db = { executeSql: async (text: string, values?: unknown[]) => ({ rows: await connection.query<object>(text, values) }) }
    for (const [master, each] of Map.groupBy(deliveries, (delivery) => delivery.master)) {
      const jobs: JobInsert[] = each.map(({ job_id: id, task_id: taskId }) => ({ id, data: { task_id: taskId }, startAfter: headStart }))
      await this.#boss.insert(queueOf(master), jobs, { db })
    }
  }

  /** There must be a queue before the transaction that uses it. */
  async prepare (masters: readonly string[]): Promise<void> {
    await Promise.all(masters.map((master) => {
      let queue = this.#queues.get(master)
      if (!queue) {
        queue = this.#makeQueue(queueOf(master))
        this.#queues.set(master, queue)
        queue.catch(() => this.#queues.delete(master))
      }
      return queue
    }))
  }

  /** Gives out what is committed. */
  enqueue (deliveries: readonly BossDelivery[]): void {
    this.#here.enqueue(deliveries)
  }

  async consume (demand: Demand, signal: AbortSignal): Promise<BossDelivery[]> {
    return await this.#here.consume(demand, signal)
  }

  /** One that is not acknowledged is fetched by any replica when its head start or its expiry is over. */
  acknowledge (deliveries: readonly BossDelivery[]): void {
    for (const [master, jobs] of Map.groupBy(deliveries, (delivery) => delivery.master)) {
      this.#boss.deleteJob(queueOf(master), jobs.map((job) => job.job_id)).catch((error: unknown) => {
        this.#log.debug({ err: error }, 'a job could not be acknowledged; it comes again and is refused then')
      })
    }
  }

  async close (): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
    await this.#boss.stop({ graceful: false })
  }

  async #makeQueue (name: string): Promise<void> {
    if (await this.#boss.getQueue(name)) return
    await this.#boss.createQueue(name, { retryLimit: 1_000, expireInSeconds: expiry, retentionSeconds: 86_400, deleteAfterSeconds: 60 })
  }

  /** Jobs of replicas that did not live to give them out. */
  async #look (): Promise<void> {
    const room = new Map<string, number>()
    for (const { masters, capacity } of this.demand()) for (const master of masters) room.set(master, (room.get(master) ?? 0) + capacity)
    await this.prepare([...room.keys()])
    for (const [master, batchSize] of room) {
      const jobs = await this.#boss.fetch<{ task_id: string }>(queueOf(master), { batchSize })
      this.enqueue(jobs.map(({ id, data }) => ({ job_id: id, task_id: data.task_id, master })))
    }
  }
}

function queueOf (master: string): string {
  return `master-${master}`
}
