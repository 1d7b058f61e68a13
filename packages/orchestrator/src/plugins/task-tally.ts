import { isTerminal, type MasterLimits, type TaskStatus } from '@cortex/contracts'
import fp from 'fastify-plugin'
import { durationsOf, EndedWindow } from '../domain/ended-window.ts'
import { concurrencyOf } from '../domain/routing.ts'
import type { StatusChange, TaskCount } from '../store/task-store.ts'

declare module 'fastify' {
  interface FastifyInstance { taskTally: TaskTally }
}

/** How long a task is taken to run before any has: milliseconds. */
const assumedDuration = 30_000

/** Counts kept from the changes, so that an estimate need not ask the store. Its size grows with masters and not with tasks. */
export class TaskTally {
  /** What ended since the start of this process. */
  readonly ended = new EndedWindow()
  /** Tasks that have not ended, by `master status`. */
  readonly #live = new Map<string, number>()
  readonly #duration = new Map<string, number>()

  begin (counts: readonly TaskCount[]): void {
    for (const { master, status, tasks } of counts) this.#shift(master, status, tasks)
  }

  apply ({ task, before }: StatusChange, now: Date): void {
    if (before !== null) this.#shift(task.assigned_to, before, -1)
    this.#shift(task.assigned_to, task.status, 1)
    if (!isTerminal(task.status)) return
    if (task.parent_id === null) this.ended.add(task, now)
    const { run } = durationsOf(task)
    // One that was split ran while it held no slot.
    if (task.status === 'completed' && run !== null && !task.sub_tasks) this.#learn(task.assigned_to, run)
  }

  /** When a task given to this master now may start, from the tasks ahead of it and how long they lately took. */
  estimateStart (master: string, masters: readonly MasterLimits[], now: Date): Date {
    const limit = concurrencyOf(master, masters)
    const ahead = this.#count(master, 'queued') + this.#count(master, 'in_progress') - limit
    const rounds = ahead < 0 ? 0 : Math.floor(ahead / limit) + 1
    return new Date(now.getTime() + rounds * (this.#duration.get(master) ?? assumedDuration))
  }

  /** A clock that was put back meanwhile makes a duration negative. */
  #learn (master: string, measured: number): void {
    const duration = Math.max(0, measured)
    const before = this.#duration.get(master)
    this.#duration.set(master, before === undefined ? duration : before * 0.8 + duration * 0.2)
  }

  #shift (master: string, status: TaskStatus, by: number): void {
    if (!isTerminal(status)) this.#live.set(`${master} ${status}`, this.#count(master, status) + by)
  }

  #count (master: string, status: TaskStatus): number {
    return this.#live.get(`${master} ${status}`) ?? 0
  }
}

export default fp(async (app) => {
  const tally = new TaskTally()
  app.decorate('taskTally', tally)
  app.taskStore.subscribe(({ changes }) => {
    const now = new Date()
    for (const change of changes) tally.apply(change, now)
  })
  app.addHook('onReady', async () => tally.begin(await app.taskStore.counts()))
}, { name: 'task-tally', dependencies: ['task-store'] })
