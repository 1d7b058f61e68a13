import type { CancelledTask, Lease, LeaseOutcome, LeaseReport, LeaseRequest, LeaseState, MasterLimits, Task } from '@cortex/contracts'
import type { FastifyBaseLogger } from 'fastify'
import { chooseAdmissions } from './domain/admission.ts'
import { cancelTask } from './domain/cancel.ts'
import { endLease, loseLease, report, takeLease, undispatch } from './domain/leases.ts'
import { randomText } from './domain/new-task.ts'
import { quietBounds } from './domain/quiet.ts'
import { routeCategory } from './domain/routing.ts'
import { LeaseLost } from './errors.ts'
import { LeaseClock } from './lease-clock.ts'
import type { Delivery, Dispatcher } from './store/dispatcher.ts'
import type { Committed, TaskStore } from './store/task-store.ts'

export interface CoordinatorOptions {
  /** Tasks that may run at once, over all masters. */
  globalConcurrency: number
  /** Milliseconds without a heartbeat after which a lease is lost. */
  leaseDuration: number
  /** Milliseconds of quiet after which a batch nobody closed is closed. */
  batchQuiet: number
  /** Events kept for readers that come back. */
  keptEvents: number
}

const reconcileInterval = 60_000
const tickInterval = 1_000

/** Decides which master gets a task and when it may start, and watches over those who work. */
export class Coordinator {
  readonly #store: TaskStore
  readonly #dispatcher: Dispatcher
  readonly #log: FastifyBaseLogger
  readonly #options: CoordinatorOptions
  readonly #masters = new Map<string, MasterLimits>()
  readonly #leases: LeaseClock
  readonly #stopped = new AbortController()
  #timers: NodeJS.Timeout[] = []
  #admitting = false
  #admitAgain = false

  constructor (store: TaskStore, dispatcher: Dispatcher, log: FastifyBaseLogger, options: CoordinatorOptions) {
    this.#store = store
    this.#dispatcher = dispatcher
    this.#log = log
    this.#options = options
    this.#leases = new LeaseClock(options.leaseDuration)
    store.subscribe((committed) => this.#onCommitted(committed))
    dispatcher.onDemand(() => this.wake())
  }

  /** Picks up what an earlier process left: leases get time for a heartbeat, deliveries that reached nobody are queued again. */
  async start (): Promise<void> {
    for (const { task, lease, cancel } of await this.#store.busy()) {
      if (lease) this.#leases.begin(lease.id, { taskId: task.id, agentId: lease.agent_id, cancelReason: cancel?.reason ?? null })
      else await this.#store.change(task.id, undispatch())
    }
    this.#every(tickInterval, async () => await this.#tick())
    this.#every(reconcileInterval, async () => await this.#store.trimEvents(this.#options.keptEvents))
    this.wake()
  }

  stop (): void {
    this.#stopped.abort()
    for (const timer of this.#timers) clearInterval(timer)
  }

  get masters (): MasterLimits[] {
    return [...this.#masters.values()]
  }

  route (category: Task['payload']['category']): string {
    return routeCategory(category, this.masters)
  }

  /** Something changed that may let a task start. Calls that come while an admission runs are answered by one more. */
  wake (): void {
    if (this.#admitting) {
      this.#admitAgain = true
      return
    }
    this.#admitting = true
    void this.#admit().catch((error: unknown) => this.#log.error({ err: error }, 'admission failed; it is tried again at the next change')).finally(() => {
      this.#admitting = false
      if (!this.#admitAgain) return
      this.#admitAgain = false
      this.wake()
    })
  }

  /** Waits until a task may start for one of the agent's masters, and gives it out. */
  async lease ({ agent_id: agentId, masters, held, capacity, wait_seconds: wait }: LeaseRequest, signal: AbortSignal): Promise<Lease[]> {
    for (const master of masters) this.#masters.set(master.id, master)
    for (const lease of this.#leases.ofAgent(agentId)) if (!held.includes(lease.id)) await this.#lose(lease.id, lease.taskId, 'returned')
    const patience = AbortSignal.any([signal, this.#stopped.signal, AbortSignal.timeout(wait * 1_000)])
    const deliveries = await this.#dispatcher.consume({ masters: masters.map(({ id }) => id), capacity }, patience)
    if (signal.aborted) await Promise.all(deliveries.map(({ task_id: id }) => this.#store.change(id, undispatch())))
    if (signal.aborted || this.#stopped.signal.aborted) return []
    const leases = await Promise.all(deliveries.map((delivery) => this.#give(delivery, agentId)))
    return leases.filter((lease) => lease !== null)
  }

  /** @throws CTX_LEASE_LOST */
  async report (leaseId: string, given: LeaseReport): Promise<LeaseState> {
    const lease = this.#leases.beat(leaseId)
    if (!lease) throw new LeaseLost(leaseId)
    if (Object.keys(given).length > 0) {
      const { cancel } = await this.#store.change(lease.taskId, report(leaseId, given))
      lease.cancelReason = cancel?.reason ?? null
    }
    return { expires_at: lease.expiresAt.toISOString(), cancel_requested: lease.cancelReason !== null, cancel_reason: lease.cancelReason }
  }

  /** @throws CTX_LEASE_LOST */
  async end (leaseId: string, outcome: LeaseOutcome): Promise<Task> {
    const lease = this.#leases.beat(leaseId)
    if (!lease) throw new LeaseLost(leaseId)
    const task = await this.#store.change(lease.taskId, endLease(leaseId, outcome, Math.random()))
    this.#leases.end(leaseId)
    return task
  }

  /** @throws CTX_TASK_NOT_FOUND, CTX_TASK_ENDED */
  async cancel (taskId: string, reason: string): Promise<CancelledTask> {
    const cancelled = await this.#store.change(taskId, cancelTask(reason))
    this.#leases.cancel(taskId, reason)
    return cancelled
  }

  async #give ({ task_id: taskId }: Delivery, agentId: string): Promise<Lease | null> {
    const leaseId = `lease-${randomText(20)}`
    const offer = await this.#store.change(taskId, takeLease({ lease_id: leaseId, agent_id: agentId, worker: `daryl-${randomText(6)}` }))
    if (!offer) return null
    const { expiresAt } = this.#leases.begin(leaseId, { taskId, agentId })
    return { ...offer, expires_at: expiresAt.toISOString(), journal: await this.#store.journal(taskId) }
  }

  async #admit (): Promise<void> {
    const demand = this.#dispatcher.demand()
    if (demand.length === 0 || this.#stopped.signal.aborted) return
    const masters = [...new Set(demand.flatMap((each) => each.masters))]
    const admitted = await this.#store.admit((candidates, busy) => chooseAdmissions({
      candidates, busy, demand, masters: this.masters, globalConcurrency: this.#options.globalConcurrency
    }), masters)
    this.#dispatcher.enqueue(admitted.map((task) => ({ task_id: task.id, master: task.assigned_to })))
  }

  #onCommitted ({ events }: Committed): void {
    if (events.some(({ type }) => type !== 'task.progress')) this.wake()
  }

  async #tick (): Promise<void> {
    for (const lease of this.#leases.expired()) await this.#lose(lease.id, lease.taskId, 'silent')
    const settled = await this.#store.settleDue()
    for (const id of await this.#store.quietBatches(quietBounds(new Date(), this.#options.batchQuiet))) await this.#store.closeBatch(id)
    if (settled.length > 0) this.wake()
  }

  async #lose (leaseId: string, taskId: string, how: 'silent' | 'returned'): Promise<void> {
    // The store first: where it cannot write now, as on a full disk, the lease is found again at the next round.
    const task = await this.#store.change(taskId, loseLease(leaseId, how))
    this.#leases.end(leaseId)
    this.#log.warn({ task_id: taskId, lease_id: leaseId, status: task.status }, 'a worker was lost')
  }

  #every (interval: number, run: () => Promise<void>): void {
    let running = false
    this.#timers.push(setInterval(() => {
      if (running) return
      running = true
      void run().catch((error: unknown) => this.#log.error({ err: error }, 'the coordinator could not do its rounds; it tries again')).finally(() => { running = false })
    }, interval))
  }
}
