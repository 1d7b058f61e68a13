import { isTerminal, type BudgetState, type ChangeClaim, type ClaimAnswer, type Lease, type LeaseOutcome, type LeaseReport, type LeaseRequest, type LeaseState, type MasterLimits, type Task, type Usage } from '@cortex/contracts'
import type { FastifyBaseLogger } from 'fastify'
import { chooseAdmissions } from './domain/admission.ts'
import { limitReached, limitsOn, type Budget } from './domain/budget.ts'
import { claimChanges } from './domain/claims.ts'
import { endLease, loseLease, report, takeLease, undispatch, type LeaseOffer } from './domain/leases.ts'
import { createTaskId, randomText } from './domain/new-task.ts'
import { quietBounds, type QuietBounds } from './domain/quiet.ts'
import { absentAfter, isPresent, routeCategory, wasSeenWithin, type KnownMaster } from './domain/routing.ts'
import { outcomeOf } from './domain/sub-tasks.ts'
import { JournalFull, LeaseLost, StoreUnreachable } from './errors.ts'
import type { Delivery, Dispatcher } from './store/dispatcher.ts'
import { appliedByFamily } from './store/applied-by-family.ts'
import type { Committed, RunningLease, TaskStore } from './store/task-store.ts'

export interface CoordinatorOptions {
  /** Tasks that may run at once, over all masters. */
  globalConcurrency: number
  /** What models may use. */
  budget: Budget
  /** Milliseconds without a heartbeat after which a lease is over. */
  leaseDuration: number
  /** Milliseconds of quiet after which a batch nobody closed is closed. */
  batchQuiet: number
  /** Bytes of journals in one answer to a worker, and of the journal of one task. */
  longestJournal: number
  /** Deliveries outlive this process; where they do not, everything an earlier one admitted is admitted anew. */
  deliveriesLast: boolean
}

const tickInterval = 1_000
/** Milliseconds after which an admitted task that no worker took is admitted anew. */
const deliveryPatience = 30_000
const always: QuietBounds = { before: new Date(0), after: new Date(0) }
/** Milliseconds after which it is written down anew that a master is here: well below the time after which it counts as gone. */
const seenInterval = 30_000
/** A difference of the clocks from one tick to the next that nothing but setting one of them makes. Milliseconds. */
const clockStep = 500
/** How many ticks lie between two rounds for what is rarely wrong. */
const ticksPerReconcile = 60

/** Decides which master gets a task and when it may start, and watches over those who work. Any number of them may do so on one store. */
export class Coordinator {
  readonly #store: TaskStore
  readonly #dispatcher: Dispatcher
  readonly #log: FastifyBaseLogger
  readonly #options: CoordinatorOptions
  readonly #masters = new Map<string, KnownMaster>()
  readonly #stopped = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #ticks = 0
  #ticking = false
  /** No lease is taken for lost before this: workers could not reach anybody. On the monotonic clock. */
  #patientUntil: number
  #admitting = false
  #admitAgain = false
  /** The last admission failed, and nothing need change before it succeeds: the next tick tries again. */
  #admissionOwed = false
  /** Admitted tasks that could not be given out, as on a full disk, where the queue does not know them any more: the next tick puts them back. */
  #ungiven: Delivery[] = []
  /** Targets that tasks let go of since the last tick: who waits for them and has no room yet must not name who had them. */
  readonly #freed = new Set<string>()
  /** The long polls that are open here, by agent: one that fell silent gets nothing more by those it left open, or it would be given the task it has just lost. */
  readonly #polls = new Map<string, Set<AbortController>>()
  /** How far the clock on the wall is ahead of the monotonic one. Milliseconds. */
  #clockAhead = Date.now() - performance.now()
  #watchingSince = performance.now()
  /** Agents have had time to come to this process since it began: who has not been seen by then is gone. On the monotonic clock. */
  readonly #knowsWhoIsHere: number

  constructor (store: TaskStore, dispatcher: Dispatcher, log: FastifyBaseLogger, options: CoordinatorOptions) {
    this.#store = store
    this.#dispatcher = dispatcher
    this.#log = log
    this.#options = options
    this.#patientUntil = performance.now() + options.leaseDuration
    this.#knowsWhoIsHere = performance.now() + absentAfter
    store.subscribe((committed) => this.#onCommitted(committed))
    store.onStir(() => this.wake())
    dispatcher.onDemand(() => this.wake())
  }

  /** Picks up what an earlier process left: leases get time for a heartbeat, deliveries that reached nobody are queued again. */
  async start (): Promise<void> {
    await this.#learnMasters()
    if (!this.#options.deliveriesLast) await this.#readmit(always)
    this.#timer = setInterval(() => { void this.#tick() }, tickInterval)
    this.wake()
  }

  stop (): void {
    this.#stopped.abort()
    clearInterval(this.#timer)
  }

  get masters (): KnownMaster[] {
    return [...this.#masters.values()]
  }

  route (category: Task['payload']['category']): string {
    return routeCategory(category, this.masters, new Date())
  }

  /** Something changed that may let a task start. Calls that come while an admission runs are answered by one more. */
  wake (): void {
    if (this.#admitting) {
      this.#admitAgain = true
      return
    }
    this.#admitting = true
    this.#admissionOwed = false
    void this.#admit().catch((error: unknown) => {
      this.#admissionOwed = true
      this.#log.error({ err: error }, 'admission failed; it is tried again')
    }).finally(() => {
      this.#admitting = false
      if (!this.#admitAgain) return
      this.#admitAgain = false
      this.wake()
    })
  }

  /** Waits until a task may start for one of the agent's masters, and gives it out. */
  async lease ({ agent_id: agentId, masters, policy, held, capacity, wait_seconds: wait }: LeaseRequest, signal: AbortSignal): Promise<Lease[]> {
    await this.#announce(policy ? masters.map((master) => ({ ...master, policy })) : masters)
    for (const lease of await this.#store.leasesOf(agentId)) if (!held.includes(lease.id)) await this.#lose(lease, 'returned')
    const fellSilent = new AbortController()
    const polls = this.#polls.get(agentId) ?? new Set()
    this.#polls.set(agentId, polls.add(fellSilent))
    const patience = AbortSignal.any([signal, this.#stopped.signal, fellSilent.signal, AbortSignal.timeout(wait * 1_000)])
    const deliveries = await this.#dispatcher.consume({ masters: masters.map(({ id }) => id), capacity }, patience).finally(() => {
      polls.delete(fellSilent)
      if (polls.size === 0) this.#polls.delete(agentId)
    })
    if (deliveries.length === 0) return []
    if (signal.aborted) {
      await this.#putBack(deliveries)
      this.#dispatcher.acknowledge(deliveries)
      return []
    }
    const offers = await Promise.all(deliveries.map((delivery) => this.#take(delivery, agentId)))
    this.#dispatcher.acknowledge(deliveries.filter((_, index) => offers[index] !== undefined))
    return await this.#addJournals(offers.filter((offer) => offer != null))
  }

  /** @throws CTX_LEASE_LOST */
  async report (leaseId: string, given: LeaseReport): Promise<LeaseState> {
    const lease = await this.#store.beat(leaseId)
    if (!lease) throw new LeaseLost(leaseId)
    const expiresAt = lease.expiresAt.toISOString()
    if (Object.keys(given).length === 0) return { expires_at: expiresAt, cancel_requested: lease.cancelReason !== null, cancel_reason: lease.cancelReason }
    const { cancel, task } = await this.#store.changeLeased(leaseId, report(leaseId, given))
    return { expires_at: expiresAt, cancel_requested: cancel !== null, cancel_reason: cancel?.reason ?? null, budget: await this.#budgetOf(task) }
  }

  /** @throws CTX_LEASE_LOST */
  claim (leaseId: string, claim: ChangeClaim): Promise<ClaimAnswer> {
    return this.#store.changeLeased(leaseId, claimChanges(leaseId, claim), true)
  }

  /** @throws CTX_LEASE_LOST, CTX_SPLIT_REFUSED */
  end (leaseId: string, outcome: LeaseOutcome): Promise<Task> {
    const ids = outcome.kind === 'sub_tasks' ? outcome.sub_tasks.map(() => createTaskId(new Date())) : []
    return this.#store.changeLeased(leaseId, endLease(leaseId, outcome, { random: Math.random(), ids, route: (category) => this.route(category) }))
  }

  async #budgetOf (task: Task): Promise<BudgetState> {
    const budget = limitsOn(this.#options.budget, task)
    const limits = Object.values(budget)
    const isLimited = limits.some(({ usd, tokens }) => usd !== null || tokens !== null)
    return {
      spent: isLimited ? limitReached(budget, { task: await this.#spentOn(task), ...await this.#store.spent(task) }) : null,
      in_usd: limits.some(({ usd }) => usd !== null)
    }
  }

  /** A split does not multiply what a task may use: its parts use of the same. */
  async #spentOn ({ id, parent_id: parent, sub_tasks: parts, usage }: Task): Promise<Usage | null> {
    return parent === null && !parts ? usage : await this.#store.spentByFamily(parent ?? id)
  }

  /** Null when the task is not to be had any more; undefined when it could not be given out now: then it comes again or is admitted anew, and the others of this answer are not lost with it. */
  async #take (delivery: Delivery, agentId: string): Promise<LeaseOffer | null | undefined> {
    const { task_id: taskId } = delivery
    try {
      return await this.#store.change(taskId, takeLease({ lease_id: `lease-${randomText(20)}`, agent_id: agentId, worker: `daryl-${randomText(6)}` }))
    } catch (error) {
      this.#log.error({ err: error, task_id: taskId }, 'a task could not be given out; it comes again')
      if (!this.#options.deliveriesLast) this.#ungiven.push(delivery)
      return undefined
    }
  }

  /** What has no room in this answer goes back into the queue; a journal that has room in none ends its task. */
  async #addJournals (offers: readonly LeaseOffer[]): Promise<Lease[]> {
    const { leaseDuration, longestJournal } = this.#options
    const expiresAt = new Date(Date.now() + leaseDuration).toISOString()
    const leases: Lease[] = []
    let room = longestJournal
    for (const offer of offers) {
      const { lease_id: leaseId, task } = offer
      try {
        const journal = task.attempts.length > 1 ? await this.#store.journal(task.id, room) : { entries: [], bytes: 0 }
        if (journal) {
          leases.push({ ...offer, expires_at: expiresAt, journal: journal.entries, ...await this.#undoOf(task), ...await this.#outcomesOf(task), ...await this.#aboveOf(task), budget: await this.#budgetOf(task) })
          room -= journal.bytes
        } else await this.end(leaseId, room < longestJournal ? { kind: 'released' } : tooLong(longestJournal))
      } catch (error) {
        this.#log.error({ err: error, task_id: task.id }, 'a task could not be given out; it comes again')
      }
    }
    return leases
  }

  /** What a task that rolls back another finds in the journal of that one. */
  async #undoOf ({ rollback_of: original }: Task): Promise<Pick<Lease, 'undo'>> {
    if (original === undefined) return {}
    return { undo: await appliedByFamily(this.#store, original, this.#options.longestJournal) }
  }

  async #aboveOf ({ parent_id: parent }: Task): Promise<Pick<Lease, 'above'>> {
    return parent === null ? {} : { above: (await this.#store.get([parent])).map(({ payload: { category } }) => category) }
  }

  async #outcomesOf ({ sub_tasks: ids }: Task): Promise<Pick<Lease, 'sub_tasks'>> {
    return ids ? { sub_tasks: (await this.#store.get(ids)).map(outcomeOf) } : {}
  }

  async #putBack (deliveries: readonly Delivery[]): Promise<void> {
    await Promise.all(deliveries.map(({ task_id: id }) => this.#store.change(id, undispatch())))
  }

  async #announce (masters: readonly MasterLimits[]): Promise<void> {
    const now = new Date()
    const news = masters.filter((master) => {
      const known = this.#masters.get(master.id)
      return !known || !wasSeenWithin(known, seenInterval, now) || JSON.stringify({ ...master, seen_at: known.seen_at }) !== JSON.stringify(known)
    }).map((master): KnownMaster => ({ ...master, seen_at: now.toISOString() }))
    if (news.length === 0) return
    for (const master of news) this.#masters.set(master.id, master)
    try {
      await this.#store.announce(news)
    } catch (error) {
      // To be told again with the next request: nobody else knows them yet.
      for (const { id } of news) this.#masters.delete(id)
      throw error
    }
  }

  async #learnMasters (): Promise<void> {
    for (const master of await this.#store.masters()) this.#masters.set(master.id, master)
  }

  /** Tasks of a master nobody has announced, or nobody works for any more, while another takes their category. */
  async #rerouteStrays (): Promise<void> {
    const now = new Date()
    const isHere = (id: string) => {
      const known = this.#masters.get(id)
      return known !== undefined && isPresent(known, now)
    }
    for (const { status, category, master } of await this.#store.counts()) {
      if (isTerminal(status) || isHere(master) || (this.#masters.has(master) && performance.now() < this.#knowsWhoIsHere)) continue
      const better = this.route(category)
      if (better !== master && isHere(better)) await this.#store.reroute(category, master, better)
    }
  }

  async #admit (): Promise<void> {
    const demand = this.#dispatcher.demand()
    if (demand.length === 0 || this.#stopped.signal.aborted) return
    const masters = [...new Set(demand.flatMap((each) => each.masters))]
    await this.#store.admit((candidates, busy) => chooseAdmissions({
      candidates, busy, demand, masters: this.masters, globalConcurrency: this.#options.globalConcurrency
    }), masters)
  }

  #onCommitted ({ changes }: Committed): void {
    for (const { task: { target, status }, before } of changes) if (target !== null && before !== null && status !== 'in_progress') this.#freed.add(target)
  }

  async #tick (): Promise<void> {
    if (this.#ticking) return
    this.#ticking = true
    try {
      if (performance.now() > this.#patientUntil) for (const lease of await this.#store.expiredLeases()) await this.#lose(lease, 'silent')
      if (this.#ungiven.length > 0) await this.#giveBack()
      if (this.#freed.size > 0) await this.#unlock()
      const settled = await this.#store.settleDue()
      if (this.#sawTheirQuiet()) for (const id of await this.#store.quietBatches(this.#options.batchQuiet)) await this.#store.closeBatch(id)
      if (++this.#ticks % ticksPerReconcile === 0) await this.#readmit(quietBounds(new Date(), deliveryPatience))
      await this.#learnMasters()
      await this.#rerouteStrays()
      if (settled.length > 0 || this.#admissionOwed) this.wake()
    } catch (error) {
      // Nobody could send a heartbeat while the store did not answer.
      if (error instanceof StoreUnreachable) this.#patientUntil = performance.now() + this.#options.leaseDuration
      this.#log.error({ err: error }, 'the coordinator could not do its rounds; it tries again')
    } finally {
      this.#ticking = false
    }
  }

  /** Whether this process was there, under one clock, for as long as a batch must be quiet: who begins, or whose clock was set, cannot tell yet. */
  #sawTheirQuiet (): boolean {
    const ahead = Date.now() - performance.now()
    if (Math.abs(ahead - this.#clockAhead) > clockStep) this.#watchingSince = performance.now()
    this.#clockAhead = ahead
    return performance.now() >= this.#watchingSince + this.#options.batchQuiet
  }

  async #unlock (): Promise<void> {
    const targets = [...this.#freed]
    this.#freed.clear()
    try {
      await this.#store.unlock(targets)
    } catch (error) {
      for (const target of targets) this.#freed.add(target)
      throw error
    }
  }

  async #giveBack (): Promise<void> {
    const deliveries = this.#ungiven
    this.#ungiven = []
    try {
      await this.#putBack(deliveries)
    } catch (error) {
      this.#ungiven.push(...deliveries)
      throw error
    }
    this.wake()
  }

  async #readmit (bounds: QuietBounds): Promise<void> {
    const { length } = await this.#store.readmit(bounds)
    if (length > 0) this.#log.info({ tasks: length }, 'admitted tasks that no worker took are queued again')
  }

  async #lose ({ id, taskId, agentId }: RunningLease, how: 'silent' | 'returned'): Promise<void> {
    if (how === 'silent') for (const poll of this.#polls.get(agentId) ?? []) poll.abort()
    const task = await this.#store.change(taskId, loseLease(id, how))
    if (task) this.#log.warn({ task_id: taskId, lease_id: id, status: task.status }, 'a worker was lost')
  }
}

/** An earlier version knew no bound, so there may be longer ones. */
function tooLong (longest: number): LeaseOutcome {
  const { code, message } = new JournalFull('too many bytes', `${longest} bytes`)
  return { kind: 'failed', error: { code, message }, retryable: false }
}
