import { setTimeout as sleep } from 'node:timers/promises'
import type { BudgetState, ChangeClaim, ClaimAnswer, JournalEntry, Lease, LeaseOutcome, LeaseReport, LogLine, Progress, Usage, WorkerAct } from '@cortex/contracts'
import { redact, redactValue } from '@cortex/secrets'
import type { Logger } from 'pino'
import { LeaseLost, OrchestratorRefused, OrchestratorUnavailable, type OrchestratorClient } from './orchestrator-client.ts'

/** A person cancelled the task. */
export class TaskCancelled extends Error {}

/** The agent is being stopped: the task goes back and on from its journal. */
export class AgentDraining extends Error {}

const heartbeatInterval = 500
/** Milliseconds after which a report hangs, so that a heartbeat goes out beside it; with the interval above, a cancel comes in under a second. */
const patience = 200
/** Milliseconds such a heartbeat waits for its answer. */
const heartbeatLimit = 2_000
const coalesceTime = 100
const logLinesKept = 2_000
const linesPerReport = 500
const actsPerReport = 100
/** Characters of journal in one request, well under the orchestrator's 1 MB. */
const journalPerReport = 400_000

/** What one `journal` call wants stored, together or not at all. */
interface Writing { entries: JournalEntry[], size: number, written: PromiseWithResolvers<void> }

interface Batch { report: LeaseReport, lines: Array<Omit<LogLine, 'attempt'>>, acts: WorkerAct[], writings: Writing[] }

/**
 * One leased task on its way: reports are gathered and sent one at a time, each is the heartbeat, and its answer says whether to go on.
 * What is asked of a worker and what it tells goes through here, and neither has a secret in it. When the lease is lost or cannot be renewed in time, `signal` fires and nothing more may be changed.
 */
export class LeaseSession {
  readonly lease: Lease
  readonly #client: OrchestratorClient
  readonly #logger: Logger
  readonly #stop = new AbortController()
  readonly #draining: AbortSignal
  #progress: Progress | undefined
  #usage: Usage | undefined
  #lines: Array<Omit<LogLine, 'attempt'>> = []
  #budget: BudgetState
  #acts: WorkerAct[] = []
  #actsTold = 0
  #writings: Writing[] = []
  #validUntil: number
  #timer: NodeJS.Timeout | undefined
  #dueAt = Infinity
  #sending: Promise<void> | undefined
  /** The report that is under way: since when, what waits for it, and how to give it up. */
  #underWay: { since: number, writings: Writing[], given: AbortController } | undefined
  #lastBeat = 0
  readonly #watch: NodeJS.Timeout
  #closed = false

  constructor (client: OrchestratorClient, lease: Lease, { draining, logger }: { draining: AbortSignal, logger: Logger }) {
    this.#client = client
    this.lease = { ...lease, task: redactValue(lease.task), approval: redactValue(lease.approval), ...(lease.sub_tasks && { sub_tasks: redactValue(lease.sub_tasks) }) }
    this.#budget = lease.budget
    this.#draining = draining
    this.#logger = logger.child({ task_id: lease.task.id, lease_id: lease.lease_id, worker: lease.worker })
    this.#validUntil = performance.now() + validityOf(lease.expires_at)
    this.#watch = setInterval(() => this.#look(), patience)
    this.#due(heartbeatInterval)
  }

  /** As the last report left it. */
  get budget (): BudgetState {
    return this.#budget
  }

  /** Fires with LeaseLost, TaskCancelled or AgentDraining: stop now. */
  get signal (): AbortSignal {
    return this.#stop.signal
  }

  /** Fires when the agent begins to stop: go no further than the next journalled step. */
  get draining (): AbortSignal {
    return this.#draining
  }

  /** Between two steps. @throws the reason to stop here */
  checkpoint (): void {
    this.signal.throwIfAborted()
    if (this.#draining.aborted) throw new AgentDraining()
  }

  /** Waits for work that changes nothing: when `signal` fires it is left to itself, however long it takes. */
  async unlessStopped<T> (work: Promise<T>): Promise<T> {
    const stopped = Promise.withResolvers<never>()
    const stop = () => stopped.reject(this.signal.reason)
    this.signal.addEventListener('abort', stop)
    try {
      if (this.signal.aborted) stop()
      return await Promise.race([work, stopped.promise])
    } finally {
      this.signal.removeEventListener('abort', stop)
    }
  }

  progress (progress: Progress): void {
    this.#progress = redactValue(progress)
    this.#due(coalesceTime)
  }

  usage (usage: Usage): void {
    this.#usage = usage
    this.#due(coalesceTime)
  }

  log (message: string, level: LogLine['level'] = 'info'): void {
    this.#lines.push({ at: new Date().toISOString(), level, message: redact(message).slice(0, 4_000) })
    if (this.#lines.length > logLinesKept) this.#lines.splice(0, this.#lines.length - logLinesKept)
    this.#due(coalesceTime)
  }

  /** Tells the audit. It is stored with whatever is journalled next, and before the outcome in any case. */
  act (act: Omit<WorkerAct, 'n'>): void {
    this.#acts.push({ n: this.#actsTold++, ...act })
    this.#due(coalesceTime)
  }

  /** Returns when the entries are stored. Entries of one call are stored together or not at all. */
  async journal (values: Record<string, unknown>): Promise<void> {
    this.signal.throwIfAborted()
    const entries = Object.entries(values).map(([key, value]) => ({ key, value: redactValue(value) }))
    const writing = { entries, size: JSON.stringify(entries).length, written: Promise.withResolvers<void>() }
    this.#writings.push(writing)
    this.#due(0)
    await writing.written.promise
  }

  /** Asks and tells the other tasks of the batch; again and again while the lease still stands. */
  async claim (claim: ChangeClaim): Promise<ClaimAnswer['holder']> {
    for (;;) {
      this.signal.throwIfAborted()
      try {
        return (await this.#client.claim(this.lease.lease_id, claim, this.signal)).holder
      } catch (error) {
        if (error instanceof LeaseLost) this.abort(error)
        if (!(error instanceof OrchestratorUnavailable)) throw error
        await sleep(200)
      }
    }
  }

  /** Ends the work from outside, as when time for a clean stop has run out. */
  abort (reason: Error): void {
    this.#stop.abort(reason)
    this.#rejectWritings(reason)
    for (const { written } of this.#underWay?.writings ?? []) written.reject(reason)
    this.#underWay?.given.abort(reason)
  }

  /**
   * Sends what is left and then the outcome, again and again while the lease still stands.
   * @throws LeaseLost, OrchestratorRefused
   */
  async end (outcome: LeaseOutcome): Promise<void> {
    const unstoppable = new AbortController().signal
    const told = redactValue(outcome)
    try {
      while (this.#hasNews) await this.#send()
      for (let delay = 100; ; delay = Math.min(delay * 2, 2_000)) {
        try {
          return await this.#client.outcome(this.lease.lease_id, told, unstoppable)
        } catch (error) {
          if (!(error instanceof OrchestratorUnavailable)) throw error
          if (performance.now() > this.#validUntil) throw new LeaseLost('the lease ran out before its outcome could be reported', { cause: error })
          await sleep(delay * (0.5 + Math.random()))
        }
      }
    } finally {
      this.close()
    }
  }

  /** Stops reporting without an outcome. */
  close (): void {
    this.#closed = true
    clearTimeout(this.#timer)
    clearInterval(this.#watch)
  }

  get #hasNews (): boolean {
    return this.#lines.length > 0 || this.#acts.length > 0 || this.#progress !== undefined || this.#usage !== undefined
  }

  /** Sends a report no later than in this many milliseconds. */
  #due (delay: number): void {
    const at = performance.now() + delay
    if (this.#closed || this.#sending || at >= this.#dueAt) return
    clearTimeout(this.#timer)
    this.#dueAt = at
    this.#timer = setTimeout(() => { this.#send() }, delay)
  }

  async #send (): Promise<void> {
    while (this.#sending) await this.#sending
    clearTimeout(this.#timer)
    this.#sending = this.#exchange(this.#take())
    await this.#sending
    this.#sending = undefined
    this.#dueAt = Infinity
    if (this.#writings.length > 0) this.#due(0)
    else this.#due(this.#hasNews ? coalesceTime : heartbeatInterval)
  }

  /** Never throws: a lost lease is told by `signal`, and a report that did not arrive is sent again together with what came meanwhile. */
  async #exchange (batch: Batch): Promise<void> {
    const { writings } = batch
    const given = new AbortController()
    this.#underWay = { since: performance.now(), writings, given }
    try {
      await this.#report(batch.report, given.signal, () => { for (const { written } of writings) written.resolve() })
    } catch (error) {
      if (this.#closed) return
      if (given.signal.aborted) return this.#putBack(batch)
      if (error instanceof OrchestratorUnavailable && performance.now() < this.#validUntil) {
        this.#putBack(batch)
        await sleep(200)
        return
      }
      const reason = error instanceof OrchestratorUnavailable ? new LeaseLost('the lease ran out while nobody answered', { cause: error }) : error
      for (const { written } of batch.writings) written.reject(reason)
      // A refused journal entry is the writer's to answer for; anything else ends the work. What went with it is told without it.
      if (error instanceof OrchestratorRefused && batch.writings.length > 0) return this.#putBack({ ...batch, writings: [] })
      this.#logger.warn({ err: reason }, 'reports are no longer taken')
      this.abort(reason instanceof Error ? reason : new LeaseLost(String(reason)))
    } finally {
      this.#underWay = undefined
    }
  }

  async #report (report: LeaseReport, signal: AbortSignal, stored = () => {}): Promise<void> {
    const sent = performance.now()
    const state = await this.#client.report(this.lease.lease_id, report, signal)
    this.#validUntil = Math.max(this.#validUntil, sent + validityOf(state.expires_at))
    this.#budget = state.budget ?? this.#budget
    stored()
    if (state.cancel_requested) this.abort(new TaskCancelled(state.cancel_reason ?? 'cancelled'))
  }

  /** Ends the work when the lease is over, and lets no report that hangs keep a cancel from it: an empty one goes out beside it. */
  #look (): void {
    if (this.signal.aborted) return
    const now = performance.now()
    if (now > this.#validUntil) return this.abort(new LeaseLost('the lease ran out while nobody answered'))
    if (!this.#underWay || now - this.#underWay.since < patience || now - this.#lastBeat < heartbeatInterval) return
    this.#lastBeat = now
    this.#report({}, AbortSignal.timeout(heartbeatLimit)).catch((error: unknown) => {
      if (error instanceof LeaseLost && !this.#closed) this.abort(error)
    })
  }

  #take (): Batch {
    let size = 0
    const tooMany = this.#writings.findIndex((writing, index) => (size += writing.size) > journalPerReport && index > 0)
    const writings = this.#writings.splice(0, tooMany === -1 ? this.#writings.length : tooMany)
    const lines = this.#lines.splice(0, linesPerReport)
    const acts = this.#acts.splice(0, actsPerReport)
    const report: LeaseReport = {
      ...(this.#progress && { progress: this.#progress }),
      ...(this.#usage && { usage: this.#usage }),
      ...(lines.length > 0 && { log: lines }),
      ...(acts.length > 0 && { acts }),
      ...(writings.length > 0 && { journal: writings.flatMap(({ entries }) => entries) })
    }
    this.#progress = undefined
    this.#usage = undefined
    return { report, lines, acts, writings }
  }

  #putBack ({ report, lines, acts, writings }: Batch): void {
    this.#progress ??= report.progress
    this.#usage ??= report.usage
    this.#lines.unshift(...lines)
    this.#acts.unshift(...acts)
    this.#writings.unshift(...writings)
    if (this.signal.aborted) this.#rejectWritings(this.signal.reason)
  }

  #rejectWritings (reason: unknown): void {
    for (const { written } of this.#writings.splice(0)) written.reject(reason)
  }
}

/** Milliseconds the lease still stands; never longer than the ten seconds one lasts, should the two clocks differ. */
function validityOf (expiresAt: string): number {
  return Math.min(Math.max(Date.parse(expiresAt) - Date.now(), 2_000), 10_000)
}
