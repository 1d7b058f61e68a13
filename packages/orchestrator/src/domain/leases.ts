import { addUsage, nothingUsed, type Approval, type Attempt, type Lease, type LeaseOutcome, type LeaseReport, type LogLine, type Task, type TaskError } from '@cortex/contracts'
import { LeaseLost } from '../errors.ts'
import { openApproval } from './approvals.ts'
import { propagate } from './dependencies.ts'
import { revise, type Decision, type Rule, type TaskRecord, type TaskView } from './record.ts'
import { backoff, hasAttemptsLeft } from './retry.ts'
import { checkSplit, createSubTasks, standOf, type SplitMeans } from './sub-tasks.ts'
import { attemptsExhausted } from './task-faults.ts'

export type LeaseOffer = Omit<Lease, 'expires_at' | 'journal' | 'budget'>

/** A worker takes a dispatched task. Answers null when the task is not there to be taken any more, as after a cancel. */
export function takeLease ({ lease_id: leaseId, agent_id: agentId, worker }: { lease_id: string, agent_id: string, worker: string }): Rule<LeaseOffer | null> {
  return ({ record, approval }, now) => {
    if (!record.dispatched || record.task.status !== 'queued') return { reply: null }
    const attempt = record.continues ? record.task.attempt : record.task.attempt + 1
    const at = now.toISOString()
    const next = revise(record, now, {
      status: 'in_progress',
      worker,
      attempt,
      attempts: [...record.task.attempts, { attempt, worker, started_at: at, ended_at: null, outcome: null }].slice(-keptAttempts),
      metadata: { ...record.task.metadata, started_at: record.task.metadata.started_at ?? at }
    }, { lease: { id: leaseId, agent_id: agentId }, continues: false })
    return { records: [next], reply: { lease_id: leaseId, worker, attempt, task: next.task, approval: approval && speaksFor(record, approval) ? approval : null, ...(record.traceparent && { traceparent: record.traceparent }), ...(record.resumed_by && { resumed_by: record.resumed_by }) } }
  }
}

function speaksFor ({ retried_at: retriedAt }: TaskRecord, approval: Approval): boolean {
  return retriedAt === null || approval.created_at >= retriedAt
}

/** Characters. */
const longestLogLine = 4_000

/** Characters of an error's message. */
const longestError = 4_000

/** How many bars of a task's past are kept. */
const keptAttempts = 50

/** Progress, log lines, journal and usage of a run. */
export function report (leaseId: string, { progress, log, journal, usage, acts }: LeaseReport): Rule<{ cancel: { reason: string } | null, task: Task }> {
  return (view, now) => {
    const record = held(view, leaseId)
    const lines = log?.map((line): LogLine => ({ ...line, attempt: record.task.attempt })) ?? []
    // A journalled step is progress that outlives the worker.
    const recovered = (record.losses > 0 || (record.releases ?? 0) > 0) && journal !== undefined && journal.length > 0
    // A report whose answer was lost comes again.
    const { lease } = record
    const news = acts?.filter(({ n }) => n >= (lease?.acts ?? 0)) ?? []
    const last = news.at(-1)
    const changed = recovered || progress !== undefined || usage !== undefined || last !== undefined
    const rest = { ...(recovered && { losses: 0, returns: 0, releases: 0 }), ...(lease && last && { lease: { ...lease, acts: last.n + 1 } }) }
    const used = usage && { usage: addUsage(record.usage_before ?? nothingUsed, usage) }
    const next = changed ? revise(record, now, { ...(progress && { progress }), ...used }, rest) : record
    return {
      reply: { cancel: record.cancel, task: next.task },
      log: lines,
      journal: journal ?? [],
      progressOnly: true,
      acts: news,
      records: changed ? [next] : []
    }
  }
}

/**
 * The end of a lease, as its worker tells it.
 * @throws CTX_LEASE_LOST, CTX_SPLIT_REFUSED
 */
export function endLease (leaseId: string, outcome: LeaseOutcome, { random, ...means }: SplitMeans & { readonly random: number }): Rule<Task> {
  return (view, now) => {
    const record = held(view, leaseId)
    switch (outcome.kind) {
      case 'completed':
        return {
          ...finish(view, release({ ...record, cancel: null }, now, 'completed', { status: 'completed', result: outcome.result, error: null, progress: complete(record) }), now),
          ...record.cancel && { log: [warning(record, `The cancel came too late, for the work was done: ${record.cancel.reason}`, now)] }
        }
      case 'failed':
        // A worker that broke because it was stopped did as it was asked.
        if (record.cancel) return { ...finish(view, cancelled(record, record.cancel.reason, now), now), log: [warning(record, `The worker broke when it was stopped: ${outcome.error.message}`, now)] }
        return outcome.retryable && hasAttemptsLeft(record)
          ? retryLater(record, outcome.error, now, random)
          : finish(view, release(record, now, 'failed', { status: 'failed', error: outcome.retryable ? lastOf(record, outcome.error) : outcome.error }), now)
      case 'cancelled':
        return finish(view, cancelled(record, record.cancel?.reason ?? outcome.note, now), now)
      case 'needs_approval': {
        // A person cancelled while the change set was on its way: nobody is asked any more.
        if (record.cancel) return finish(view, cancelled(record, record.cancel.reason, now), now)
        const waiting = release(record, now, 'awaiting_approval', { status: 'awaiting_approval', waiting_for: 'your approval' })
        return { records: [waiting], approvals: openApproval(view, outcome.change_set, now), reply: waiting.task }
      }
      case 'sub_tasks': {
        if (record.cancel) return finish(view, cancelled(record, record.cancel.reason, now), now)
        checkSplit(record, outcome.sub_tasks)
        const created = createSubTasks(record, outcome.sub_tasks, means, now)
        const parked = release(record, now, 'split', {
          status: 'waiting', worker: null, sub_tasks: created.map(({ task }) => task.id), ...standOf(created, record.task.progress)
        })
        return { records: [{ ...parked, parked: true }], created, reply: parked.task }
      }
      case 'released': {
        if (record.cancel) return finish(view, cancelled(record, record.cancel.reason, now), now)
        const releases = (record.releases ?? 0) + 1
        const next = releases <= releasesAtOnce
          ? revise(release(record, now, 'released', { status: 'queued', worker: null }), now, {}, { ready: true, continues: true, releases })
          : { ...release(record, now, 'released', { status: 'waiting', worker: null, ...waitForWorker(releases, now, random) }), continues: true, releases }
        return { records: [next], reply: next.task }
      }
    }
  }
}

/**
 * After so many workers lost without a step between them, a task is taken for what kills them. An agent that comes back has told that it
 * was ended, most likely by whoever started it again, so it has more patience than one that fell silent.
 */
const lossesInARow = { silent: 3, returned: 10 } as const

/** Times in a row that workers may let a task go without a step between: restarts of all agents one after the other come to a few. */
const releasesAtOnce = 5

function waitForWorker (releases: number, now: Date, random: number): Pick<Task, 'waiting_for' | 'run_at'> {
  const runAt = new Date(now.getTime() + backoff(releases - releasesAtOnce, random)).toISOString()
  return { waiting_for: `another worker at ${runAt}, after ${releases} let it go`, run_at: runAt }
}

/** The worker is gone: its heartbeat stopped, or its agent came back without it. The task goes on from its journal, if it may. Answers null when the lease was over before. */
export function loseLease (leaseId: string, how: keyof typeof lossesInARow): Rule<Task | null> {
  return (view, now) => {
    const { record } = view
    if (record.lease?.id !== leaseId) return { reply: null }
    if (record.cancel) return finish(view, cancelled(record, record.cancel.reason, now), now)
    const losses = record.losses + 1
    const returns = (record.returns ?? 0) + (how === 'returned' ? 1 : 0)
    if (returns >= lossesInARow.returned || losses - returns >= lossesInARow.silent) {
      return finish(view, release(record, now, 'lost', { status: 'failed', error: attemptsExhausted(losses) }), now)
    }
    const next = revise(release(record, now, 'lost', { status: 'queued', worker: null }), now, { max_attempts: Math.max(record.task.max_attempts, record.task.attempt + 1) }, { ready: true, losses, returns })
    return { records: [next], reply: next.task, log: [{ at: now.toISOString(), level: 'warn', attempt: record.task.attempt, message: `Worker ${record.task.worker} was lost; the task goes on from its journal` }] }
  }
}

/** A dispatch that reached no worker goes back into the queue. */
export function undispatch (): Rule<null> {
  return ({ record }, now) => record.dispatched && record.lease === null
    ? { reply: null, records: [revise(record, now, {}, { dispatched: false })] }
    : { reply: null }
}

/** The slot and the lock are free again, and the bar on the timeline ends. */
function release (record: TaskRecord, now: Date, outcome: NonNullable<Attempt['outcome']>, task: Partial<Task>): TaskRecord {
  const at = now.toISOString()
  const attempts = record.task.attempts.map((each, index, all) => index === all.length - 1 ? { ...each, ended_at: at, outcome } : each)
  const ended = outcome === 'completed' || outcome === 'failed' || outcome === 'cancelled' || task.status === 'failed'
  return revise(record, now, {
    waiting_for: null,
    ...task,
    attempts,
    metadata: { ...record.task.metadata, ...(ended && { completed_at: at }), ...task.metadata }
  }, { lease: null, dispatched: false, ready: false })
}

function cancelled (record: TaskRecord, reason: string, now: Date): TaskRecord {
  return release({ ...record, cancel: null }, now, 'cancelled', { status: 'cancelled', metadata: { ...record.task.metadata, cancel_reason: reason } })
}

function warning ({ task: { attempt } }: TaskRecord, message: string, now: Date): LogLine {
  return { at: now.toISOString(), level: 'warn', attempt, message: message.slice(0, longestLogLine) }
}

function retryLater (record: TaskRecord, error: Task['error'], now: Date, random: number): Decision<Task> {
  const runAt = new Date(now.getTime() + backoff(record.task.attempt, random)).toISOString()
  const next = release(record, now, 'failed', {
    status: 'waiting', waiting_for: `another try at ${runAt}, after: ${error?.message ?? 'a failure'}`, error, worker: null, run_at: runAt
  })
  const { completed_at: _, ...metadata } = next.task.metadata
  const waiting = { ...next, task: { ...next.task, metadata } }
  return { records: [waiting], reply: waiting.task }
}

/** What might have gone better at another try says why there was none. */
function lastOf ({ task: { attempt, max_attempts: most } }: TaskRecord, { code, message }: TaskError): TaskError {
  const used = ` (attempt ${attempt} of ${most}, the last)`
  return { code, message: message.slice(0, longestError - used.length) + used }
}

function finish (view: TaskView, record: TaskRecord, now: Date): Decision<Task> {
  return { records: [record, ...propagate(view, [record], now)], reply: record.task }
}

/** Nothing of a completed task is still running; what it had no need of was skipped. */
function complete ({ task: { progress } }: TaskRecord): Task['progress'] {
  const steps = progress?.steps?.map((step) => ({ ...step, status: ended[step.status] }))
  return { step: 'Done', ...progress, ...(steps && { steps }), percent: 100 }
}

const ended = { pending: 'skipped', running: 'done', done: 'done', failed: 'failed', skipped: 'skipped' } as const

/** A worker that lost its lease can change nothing. */
export function held ({ record }: TaskView, leaseId: string): TaskRecord {
  if (record.lease?.id !== leaseId) throw new LeaseLost(leaseId)
  return record
}
