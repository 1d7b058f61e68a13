import { isTerminal, taskStatuses, type MasterLimits, type Task, type TaskStatus } from '@cortex/contracts'
import fp from 'fastify-plugin'
import { concurrencyOf } from '../domain/routing.ts'

declare module 'fastify' {
  interface FastifyInstance { taskTally: TaskTally }
}

interface LiveTask { status: TaskStatus, master: string }

/** How long a task is taken to run before any has: milliseconds. */
const assumedDuration = 30_000

/** Counts kept from the events, so that neither an estimate nor a metric has to ask the store. */
export class TaskTally {
  readonly #live = new Map<string, LiveTask>()
  /** Live tasks by `status` and by `master status`. */
  readonly #counts = new Map<string, number>()
  readonly #ended = new Map<TaskStatus, number>()
  readonly #duration = new Map<string, number>()

  begin (live: Iterable<LiveTask & { id: string }>): void {
    for (const { id, status, master } of live) this.#set(id, { status, master })
  }

  apply ({ id, status, assigned_to: master, metadata }: Task): void {
    if (this.#live.get(id)?.status === status) return
    if (!isTerminal(status)) return this.#set(id, { status, master })
    this.#set(id, null)
    this.#ended.set(status, (this.#ended.get(status) ?? 0) + 1)
    if (status === 'completed' && metadata.started_at && metadata.completed_at) this.#learn(master, Date.parse(metadata.completed_at) - Date.parse(metadata.started_at))
  }

  /** When a task given to this master now may start, from the tasks ahead of it and how long they lately took. */
  estimateStart (master: string, masters: readonly MasterLimits[], now: Date): Date {
    const limit = concurrencyOf(master, masters)
    const ahead = this.#count(`${master} queued`) + this.#count(`${master} in_progress`) - limit
    const rounds = ahead < 0 ? 0 : Math.floor(ahead / limit) + 1
    return new Date(now.getTime() + rounds * (this.#duration.get(master) ?? assumedDuration))
  }

  /** Tasks by status: those that live, and those that ended since the start of this process. */
  byStatus (): Record<TaskStatus, number> {
    return Object.fromEntries(taskStatuses.map((status) => [status, this.#count(status) + (this.#ended.get(status) ?? 0)])) as Record<TaskStatus, number>
  }

  /** A clock that was put back meanwhile makes a duration negative. */
  #learn (master: string, measured: number): void {
    const duration = Math.max(0, measured)
    const before = this.#duration.get(master)
    this.#duration.set(master, before === undefined ? duration : before * 0.8 + duration * 0.2)
  }

  #set (id: string, next: LiveTask | null): void {
    const before = this.#live.get(id)
    if (before) this.#shift(before, -1)
    if (next) {
      this.#live.set(id, next)
      this.#shift(next, 1)
    } else this.#live.delete(id)
  }

  #shift ({ status, master }: LiveTask, by: number): void {
    for (const key of [status, `${master} ${status}`]) this.#counts.set(key, this.#count(key) + by)
  }

  #count (key: string): number {
    return this.#counts.get(key) ?? 0
  }
}

export default fp(async (app) => {
  const tally = new TaskTally()
  app.decorate('taskTally', tally)
  app.taskStore.subscribe(({ events }) => { for (const { task } of events) tally.apply(task) })
  app.addHook('onReady', async () => tally.begin(await app.taskStore.live()))
}, { name: 'task-tally', dependencies: ['task-store'] })
