import { isTerminal, terminalStatuses } from '@cortex/contracts'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Counter, Gauge, Histogram } from 'prom-client'
import { durationsOf } from '../domain/ended-window.ts'
import type { StatusChange } from '../store/task-store.ts'

/** From a task that starts at once to one that waits for a person over a weekend. Seconds. */
const buckets = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200, 43_200, 259_200]

/** What becomes of tasks, for `/metrics`. Names follow the conventions: base units, `_total` for counters. */
async function taskMetrics (app: FastifyInstance) {
  const registers = [app.metrics]
  const stored = new Gauge({
    name: 'cortex_tasks',
    help: 'Stored tasks by status, category and master; the same on every replica',
    labelNames: ['status', 'category', 'master'],
    registers,
    async collect () {
      this.reset()
      for (const { status, category, master, tasks } of await app.taskStore.counts()) stored.inc({ status, category, master }, tasks)
    }
  })
  const ended = new Counter({ name: 'cortex_tasks_ended_total', help: 'Tasks that ended since this process began, by how they ended', labelNames: ['status'], registers })
  const wait = new Histogram({ name: 'cortex_task_wait_seconds', help: 'From the create of a task to its first start', labelNames: ['category'], buckets, registers })
  const duration = new Histogram({ name: 'cortex_task_duration_seconds', help: 'From the first start of a task to its end, by how it ended', labelNames: ['category', 'status'], buckets, registers })
  // A counter that is not there before its first event has no rate for it.
  for (const status of terminalStatuses) ended.inc({ status }, 0)
  // What other replicas did, they count.
  app.taskStore.subscribe(({ changes, own }) => { if (own) changes.forEach(observe) })

  function observe ({ task }: StatusChange): void {
    const { status, attempts, payload: { category } } = task
    const { wait: waited, run } = durationsOf(task)
    if (status === 'in_progress' && attempts.length === 1 && waited !== null) wait.observe({ category }, waited / 1_000)
    if (!isTerminal(status)) return
    ended.inc({ status })
    if (run !== null) duration.observe({ category, status }, run / 1_000)
  }
}

export default fp(taskMetrics, { name: 'task-metrics', dependencies: ['metrics', 'task-store'] })
