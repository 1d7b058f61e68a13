import { categories, isTerminal, terminalStatuses, type Attempt, type TaskEvent } from '@cortex/contracts'
import { boundedLabel } from '@cortex/service'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Counter, Histogram } from 'prom-client'
import { durationsOf } from '../domain/ended-window.ts'
import type { StatusChange } from '../store/task-store.ts'

/** From a task that starts at once to one that waits for a person over a weekend. Seconds. */
const buckets = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200, 43_200, 259_200]
const outcomes = ['completed', 'failed', 'cancelled', 'awaiting_approval', 'lost', 'released'] as const satisfies ReadonlyArray<NonNullable<Attempt['outcome']>>
const decisions = ['approved', 'denied', 'superseded'] as const

/** What becomes of tasks and of questions to people, as this process did it. Names follow the conventions: base units, `_total` for counters. */
async function taskMetrics (app: FastifyInstance) {
  const registers = [app.metrics]
  const created = new Counter({ name: 'cortex_tasks_created_total', help: 'Tasks created through this process', labelNames: ['category'], registers })
  const ended = new Counter({ name: 'cortex_tasks_ended_total', help: 'Tasks that ended since this process began, by how they ended', labelNames: ['status'], registers })
  const failures = new Counter({ name: 'cortex_task_failures_total', help: 'Failed tasks by the code of their error; CTX_BUDGET_SPENT and CTX_BUDGET_TOKENS are stops by a budget', labelNames: ['code'], registers })
  const archived = new Counter({ name: 'cortex_tasks_archived_total', help: 'Ended tasks moved into the archive by this process', registers })
  const wait = new Histogram({ name: 'cortex_task_wait_seconds', help: 'From the create of a task to its first start', labelNames: ['category'], buckets, registers })
  const duration = new Histogram({ name: 'cortex_task_duration_seconds', help: 'From the first start of a task to its end, by how it ended', labelNames: ['category', 'status'], buckets, registers })
  const leases = new Counter({ name: 'cortex_leases_ended_total', help: 'Runs of a task by a worker that ended, by how; lost: its worker fell silent or came back without it', labelNames: ['outcome'], registers })
  const asked = new Counter({ name: 'cortex_approvals_requested_total', help: 'Change sets that a person was asked about', labelNames: ['risk'], registers })
  const decided = new Histogram({ name: 'cortex_approval_wait_seconds', help: 'From the question to a person to its answer, by the answer', labelNames: ['decision'], buckets, registers })
  const code = boundedLabel(/^CTX_[A-Z_]{1,60}$/)

  // A counter that is not there before its first event has no rate for it.
  for (const category of categories) created.inc({ category }, 0)
  for (const status of terminalStatuses) ended.inc({ status }, 0)
  for (const outcome of outcomes) leases.inc({ outcome }, 0)
  for (const risk of ['low', 'medium', 'high']) asked.inc({ risk }, 0)
  for (const decision of decisions) decided.zero({ decision })

  app.taskStore.subscribe(({ changes, events, archived: moved, own }) => {
    // What other replicas did, they count.
    if (!own) return
    changes.forEach(observe)
    events.forEach(observeApproval)
    archived.inc(moved.length)
  })

  function observe ({ task, before }: StatusChange): void {
    const { status, attempts, payload: { category } } = task
    const outcome = before === 'in_progress' ? attempts.at(-1)?.outcome : null
    if (outcome) leases.inc({ outcome })
    // What somebody asked for is counted once, however many parts it was split into.
    if (task.parent_id !== null) return
    if (before === null) created.inc({ category })
    if (status === 'in_progress' && attempts.length === 1) {
      const { wait: waited } = durationsOf(task)
      if (waited !== null) wait.observe({ category }, waited / 1_000)
    }
    if (!isTerminal(status)) return
    const { run } = durationsOf(task)
    ended.inc({ status })
    if (status === 'failed') failures.inc({ code: code(task.error?.code) })
    if (run !== null) duration.observe({ category, status }, run / 1_000)
  }

  function observeApproval ({ at, approval }: TaskEvent): void {
    if (!approval) return
    if (approval.status === 'pending') asked.inc({ risk: approval.risk })
    else decided.observe({ decision: approval.status }, Math.max(0, Date.parse(at) - Date.parse(approval.created_at)) / 1_000)
  }
}

export default fp(taskMetrics, { name: 'task-metrics', dependencies: ['metrics', 'task-store'] })
