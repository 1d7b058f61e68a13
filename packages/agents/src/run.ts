import { setTimeout as sleep } from 'node:timers/promises'
import type { Lease, LeaseOutcome, MasterLimits, StandingPolicy } from '@cortex/contracts'
import type { Logger } from 'pino'
import { doings, type RunDoing, type RunEnd } from './doings.ts'
import { outcomeRefused, TaskFault, workerFailed } from './errors.ts'
import { AgentDraining, LeaseSession, TaskCancelled } from './lease-session.ts'
import { inRunSpan } from './spans.ts'
import { LeaseLost, OrchestratorRefused, WorkerTokenRefused, type OrchestratorClient } from './orchestrator-client.ts'

export interface RunOptions {
  client: OrchestratorClient
  agentId: string
  /** As they are by now. */
  masters: () => MasterLimits[]
  /** The rules by which is decided what they may do; as they are by now. */
  policy: () => StandingPolicy
  /** Does one task. Whatever it throws becomes the outcome. */
  work: (session: LeaseSession) => Promise<LeaseOutcome>
  logger: Logger
}

export interface Run {
  close: () => Promise<void>
  /** Why no work can be had; null when the orchestrator answered when it was last asked. */
  fault: () => string | null
}

/** Tasks one agent works on at once; the masters' own limits are the orchestrator's to hold. */
const capacity = 64
const waitSeconds = 20
const longestBackoff = 5_000
/** How long running steps may take to reach a journalled boundary when the agent is stopped. Milliseconds. */
const drainTime = 4_000

/** Leases tasks, works on them side by side and reports how each ended, until it is closed. */
export function startRun ({ client, agentId, masters, policy, work, logger }: RunOptions): Run {
  const polling = new AbortController()
  const draining = new AbortController()
  const running = new Map<string, { session: LeaseSession, ended: Promise<void> }>()

  const begin = (lease: Lease): void => {
    const session = new LeaseSession(client, lease, { draining: draining.signal, logger })
    const ended = traced(session, () => workThrough(session, work, logger)).finally(() => running.delete(lease.lease_id))
    running.set(lease.lease_id, { session, ended })
  }

  let failures = 0
  let fault: string | null = null
  const poll = async (): Promise<void> => {
    while (!polling.signal.aborted) {
      try {
        if (running.size >= capacity) {
          await Promise.race([...running.values()].map(({ ended }) => ended))
          continue
        }
        const request = { agent_id: agentId, masters: masters(), policy: policy(), held: [...running.keys()], capacity: capacity - running.size, wait_seconds: waitSeconds }
        const leases = await client.lease(request, polling.signal)
        if (failures > 0) logger.info('the orchestrator answers again')
        failures = 0
        fault = null
        for (const lease of leases) begin(lease)
      } catch (error) {
        if (polling.signal.aborted) return
        doings.pollFailed.publish(null)
        const reason = error instanceof WorkerTokenRefused ? error.message : 'the orchestrator does not answer'
        if (reason !== fault) logger.warn({ err: error }, `no work can be had: ${reason}; trying again`)
        fault = reason
        failures++
        const delay = Math.min(100 * 2 ** Math.min(failures, 10), longestBackoff)
        await sleep(delay * (0.5 + Math.random() / 2), undefined, { signal: polling.signal }).catch(() => {})
      }
    }
  }

  const polled = poll()
  return {
    fault: () => polling.signal.aborted ? 'the agent is being stopped' : fault,
    async close () {
      polling.abort(new AgentDraining('the agent is being stopped'))
      draining.abort(new AgentDraining('the agent is being stopped'))
      await polled
      const overdue = setTimeout(() => {
        for (const { session } of running.values()) session.abort(new AgentDraining('the agent is being stopped'))
      }, drainTime)
      await Promise.all([...running.values()].map(({ ended }) => ended))
      clearTimeout(overdue)
    }
  }
}

async function traced ({ lease: { task, worker, attempt, traceparent, resumed_by: resumedBy } }: LeaseSession, work: () => Promise<LeaseOutcome['kind'] | null>): Promise<void> {
  const attributes = { 'cortex.task.id': task.id, 'cortex.task.category': task.payload.category, 'cortex.master': task.assigned_to, 'cortex.worker': worker, 'cortex.attempt': attempt }
  const master = task.assigned_to
  doings.begun.publish({ master } satisfies RunDoing)
  await inRunSpan(traceparent, resumedBy, attributes, async (span) => {
    const outcome = await work() ?? 'unreported'
    span.setAttribute('cortex.outcome', outcome)
    doings.ended.publish({ master, outcome } satisfies RunEnd)
  })
}

/** Answers the outcome that was reported. Never throws: what cannot be reported is in the log, and the orchestrator gives the task to another. */
async function workThrough (session: LeaseSession, work: RunOptions['work'], logger: Logger): Promise<LeaseOutcome['kind'] | null> {
  const { task, lease_id: leaseId } = session.lease
  const log = logger.child({ task_id: task.id, lease_id: leaseId })
  try {
    const outcome = await work(session).catch((error: unknown) => outcomeOf(error, session, log))
    if (outcome === null) {
      session.close()
      return null
    }
    try {
      await session.end(outcome)
      return outcome.kind
    } catch (error) {
      if (!(error instanceof OrchestratorRefused)) throw error
      log.error({ err: error, outcome: outcome.kind }, 'the outcome was refused')
      const { code, message } = outcomeRefused(error.message)
      await session.end({ kind: 'failed', error: { code, message }, retryable: false })
      return 'failed'
    }
  } catch (error) {
    session.close()
    if (error instanceof LeaseLost) log.warn({ err: error }, 'the lease was lost')
    else log.error({ err: error }, 'the outcome could not be reported')
    return null
  }
}

/** null when there is nobody to tell: the lease is another's. */
function outcomeOf (error: unknown, { signal }: LeaseSession, log: Logger): LeaseOutcome | null {
  const reason: unknown = signal.aborted ? signal.reason : error
  if (reason instanceof LeaseLost) {
    log.warn({ err: reason }, 'stopped: the lease was lost')
    return null
  }
  if (reason instanceof TaskCancelled) return { kind: 'cancelled', note: reason.message.slice(0, 2_000) }
  if (reason instanceof AgentDraining) return { kind: 'released' }
  // What it wanted kept was refused, and why is said to the person: nothing else was wrong.
  if (reason instanceof TaskFault || reason instanceof OrchestratorRefused) {
    log.info({ code: reason.code }, 'the task failed')
    return { kind: 'failed', error: { code: reason.code, message: reason.message.slice(0, 4_000) }, retryable: reason instanceof TaskFault && reason.retryable }
  }
  // Not a fault anybody named: its text may hold anything, so only the log gets it.
  log.error({ err: reason }, 'a worker failed')
  const { code, message } = workerFailed()
  return { kind: 'failed', error: { code, message }, retryable: false }
}
