import { isTerminal, terminalStatuses } from '@cortex/contracts'
import type { Service } from '@cortex/service'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { durationsOf } from '../domain/ended-window.ts'
import type { StatusChange } from '../store/task-store.ts'

/** From a task that starts at once to one that waits for a person over a weekend. Seconds. */
const buckets = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200, 43_200, 259_200]

/** Prometheus text. Names follow the conventions: base units, `_total` for counters. */
export default async function metrics (app: Service) {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const tasks = new Gauge({ name: 'cortex_tasks', help: 'Stored tasks by status and category', labelNames: ['status', 'category'], registers })
  const ended = new Counter({ name: 'cortex_tasks_ended_total', help: 'Tasks that ended since this process began, by how they ended', labelNames: ['status'], registers })
  const wait = new Histogram({ name: 'cortex_task_wait_seconds', help: 'From the create of a task to its first start', labelNames: ['category'], buckets, registers })
  const duration = new Histogram({ name: 'cortex_task_duration_seconds', help: 'From the first start of a task to its end, by how it ended', labelNames: ['category', 'status'], buckets, registers })
  // A counter that is not there before its first event has no rate for it.
  for (const status of terminalStatuses) ended.inc({ status }, 0)
  // What other replicas did, they count.
  app.taskStore.subscribe(({ changes, own }) => { if (own) changes.forEach(observe) })

  app.get('/readyz', { config: { access: 'open' }, schema: { hide: true } }, async () => {
    await app.taskStore.lastSeq()
    return { status: 'ok' }
  })
  app.get('/metrics', { config: { access: 'viewer' }, schema: { hide: true } }, async (_request, reply) => {
    const counts = await app.taskStore.counts()
    tasks.reset()
    for (const { status, category, tasks: count } of counts) tasks.inc({ status, category }, count)
    return reply.type(registry.contentType).send(await registry.metrics())
  })

  function observe ({ task }: StatusChange): void {
    const { status, attempts, payload: { category } } = task
    const { wait: waited, run } = durationsOf(task)
    if (status === 'in_progress' && attempts.length === 1 && waited !== null) wait.observe({ category }, waited / 1_000)
    if (!isTerminal(status)) return
    ended.inc({ status })
    if (run !== null) duration.observe({ category, status }, run / 1_000)
  }
}
