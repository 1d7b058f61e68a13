import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Counter, Gauge, Histogram } from 'prom-client'
import { commitGroups, type CommitGroup } from '../commit-groups.ts'
import { StoreUnavailable, StoreUnreachable, TaskFileUnwritable } from '../errors.ts'
import type { Backlog, TaskCount } from '../store/task-store.ts'

const failures = [StoreUnavailable, StoreUnreachable, TaskFileUnwritable]
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]
const operations = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000]

/** Milliseconds: Prometheus waits for ten seconds unless told otherwise. */
const patience = 5_000

interface Reading extends Backlog { counts: readonly TaskCount[] }

/** What the store holds, the same on every replica, and how it does. When it does not answer, `/metrics` still does, and says so. */
async function storeMetrics (app: FastifyInstance) {
  const registers = [app.metrics]
  let reading: Promise<Reading | null> | null = null
  /** One reading for all gauges of a scrape. */
  const read = async () => await (reading ??= inTime(readStore()).finally(() => { reading = null }))
  const readStore = async () => {
    const [counts, backlog] = await Promise.all([app.taskStore.counts(), app.taskStore.backlog()])
    return { counts, ...backlog }
  }
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[], show: (gauge: Gauge<Label>, reading: Reading) => void) => new Gauge({
    name,
    help,
    labelNames,
    registers,
    async collect () {
      const held = await read()
      this.reset()
      // A last value that is no longer known to be true is worse than none.
      if (held) show(this, held)
      else if (labelNames.length === 0) this.remove()
    }
  })

  app.metrics.registerMetric(new Gauge({ name: 'cortex_store_up', help: '1 when the store answered this scrape', registers: [], async collect () { this.set(await read() ? 1 : 0) } }))
  gauge('cortex_tasks', 'Stored tasks by status, category and master, without sub-tasks; the same on every replica', ['status', 'category', 'master'], (tasks, { counts }) => {
    for (const { status, category, master, tasks: all, sub_tasks: parts } of counts) if (all > parts) tasks.inc({ status, category, master }, all - parts)
  })
  gauge('cortex_sub_tasks', 'Stored sub-tasks by status, category and master', ['status', 'category', 'master'], (tasks, { counts }) => {
    for (const { status, category, master, sub_tasks: parts } of counts) if (parts > 0) tasks.inc({ status, category, master }, parts)
  })
  gauge('cortex_oldest_queued_seconds', 'Since when the oldest of the tasks a master may start next is queued; 0 when none is', ['master'], (oldest, { queued }) => {
    for (const { id } of app.coordinator.masters) oldest.set({ master: id }, 0)
    for (const { master, since } of queued) oldest.set({ master }, ageOf(since))
  })
  gauge('cortex_approvals_pending', 'Change sets that wait for a person', [], (pending, { approvals }) => pending.set(approvals))
  gauge('cortex_oldest_approval_seconds', 'Since when the oldest of them waits; 0 when none does', [], (oldest, { approvalSince }) => oldest.set(approvalSince === null ? 0 : ageOf(approvalSince)))
  gauge('cortex_master_concurrency', 'Tasks that a master works on at once, at most', ['master'], (limit) => {
    for (const { id, concurrency } of app.coordinator.masters) limit.set({ master: id }, concurrency)
  })
  app.metrics.registerMetric(new Gauge({ name: 'cortex_task_files_behind', help: 'Tasks whose latest change is not in their file yet', registers: [], collect () { this.set(app.taskFiles.behind) } }))

  const size = new Histogram({ name: 'cortex_store_commit_operations', help: 'Operations that shared one transaction', buckets: operations, registers })
  const duration = new Histogram({ name: 'cortex_store_commit_seconds', help: 'From the first call of a transaction to its answer, the disk included', buckets: seconds, registers })
  const failed = new Counter({ name: 'cortex_store_commit_failures_total', help: 'Transactions that could not be stored: the disk or the database', registers })
  const observe = (message: unknown) => {
    const group = message as CommitGroup
    size.observe(group.operations)
    duration.observe(group.seconds)
    if (failures.some((Failure) => group.error instanceof Failure)) failed.inc()
  }
  commitGroups.subscribe(observe)
  app.addHook('onClose', async () => { commitGroups.unsubscribe(observe) })
}

/** Null when it failed or took longer than a scrape may. */
async function inTime<T> (work: Promise<T>): Promise<T | null> {
  const ended = new AbortController()
  try {
    return await Promise.race([work, delay(patience, null, { signal: ended.signal })])
  } catch {
    return null
  } finally {
    ended.abort()
  }
}

function ageOf (since: string): number {
  return Math.max(0, Date.now() - Date.parse(since)) / 1_000
}

export default fp(storeMetrics, { name: 'store-metrics', dependencies: ['metrics', 'task-store', 'task-files', 'coordinator'] })
