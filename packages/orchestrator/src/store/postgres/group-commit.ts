import { setTimeout as delay } from 'node:timers/promises'
import { genesis } from '../../audit/chain.ts'
import { StoreUnreachable } from '../../errors.ts'
import { CommitQueue, type Operation } from '../commit-queue.ts'
import { Ledger } from '../ledger.ts'
import type { NewFiles } from '../task-store.ts'
import { asTold, isConflict, isUnreachable } from './faults.ts'
import { fetchRows } from './fetch-rows.ts'
import { headsAfter, KeptRows, type Heads } from './kept-rows.ts'
import { PostgresRows } from './postgres-rows.ts'
import type { Connection, Postgres } from './postgres.ts'
import { NotFetched, type Wanted } from './row-cache.ts'
import { writeRows, type WrittenHeads } from './write-rows.ts'

/** Operations in one transaction at most, so that no other replica waits long for its turn. */
const largestGroup = 500
/** Tries of one group, and milliseconds before the second; each later one waits twice as long. A restart of the server is over by then, mostly. */
const tries = 6
const firstDelay = 50
/** Milliseconds after which a group is not tried again, however few its tries: its callers wait. */
const patience = 10_000
/** Rounds of fetching for one group. Each follows what the last one found, so a chain of names is short. */
const rounds = 50

export interface GroupCommitOptions {
  postgres: Postgres
  channel: string
  /** Milliseconds a lease holds. */
  leaseDuration: number
  /** Null while another process keeps the task files. */
  files: () => NewFiles | null
  committed: (group: CommittedGroup) => void
}

export interface CommittedGroup {
  readonly ledger: Ledger
  /** The numbers its events and log lines follow. */
  readonly heads: Heads
  /** Its task files were written. */
  readonly filed: boolean
}

/** What an operation may do besides its rows, at the end of its transaction. */
export class Page extends Ledger {
  readonly last: Array<(connection: Connection) => Promise<void>> = []
}

type Queued = Operation<Page>
type Outcome = { value: unknown } | { error: unknown }

/**
 * Operations as transactions. One row is locked first of all, so groups of all replicas come one after the other: limits and locks are exact, no
 * two can deadlock, and events are numbered in the order of their commits, which is what makes a number a cursor. A group of one replica
 * commits while the next gathers, so the lock costs less than it seems to.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #kept = new KeptRows()
  #answered: Promise<void> = Promise.resolve()
  readonly #queue = new CommitQueue<Page>((operations) => this.#settle(operations), largestGroup)

  constructor (options: GroupCommitOptions) {
    this.#options = options
  }

  write<T> (run: (page: Page) => T, alone?: boolean): Promise<T> {
    return this.#queue.write(run, alone)
  }

  async idle (): Promise<void> {
    await this.#queue.idle()
    await this.#answered
  }

  async #settle (operations: readonly Queued[]): Promise<void> {
    const deadline = performance.now() + patience
    for (let attempt = 1; ; attempt++) {
      const progress = { committing: false }
      try {
        return await this.#options.postgres.withConnection((connection) => this.#commit(connection, operations, progress))
      } catch (error) {
        const again = !progress.committing && attempt < tries && performance.now() < deadline && (isConflict(error) || isUnreachable(error))
        if (!again) {
          for (const { reject } of operations) reject(progress.committing && isUnreachable(error) ? new StoreUnreachable('it broke off in mid-commit, so it is not known whether this was stored') : asTold(error))
          return
        }
        await delay(firstDelay * 2 ** (attempt - 1) * (0.5 + Math.random() / 2))
      }
    }
  }

  async #commit (connection: Connection, operations: readonly Queued[], progress: { committing: boolean }): Promise<void> {
    const { committed, channel, leaseDuration } = this.#options
    const [heads = { last_seq: 0, last_log: 0, audit_seq: genesis.seq, audit_hash: genesis.hash }] = await connection.query<WrittenHeads>('BEGIN; SELECT last_seq, last_log, audit_seq, audit_hash FROM cortex.heads FOR UPDATE')
    this.#kept.check(heads)
    const rows = new PostgresRows(this.#kept)
    const { outcomes, ledger, creators, last } = await runAll(connection, rows, operations)
    const files = ledger.created.length > 0 ? this.#options.files() : null
    const ids = ledger.created.map(({ id }) => id)
    try {
      // The files are drafted while the server works.
      const [refused] = await Promise.all([
        files?.draft(ledger.created) ?? new Map<string, Error>(),
        writeRows(connection, { ledger, rows, heads, leaseDuration, channel })
      ])
      if (refused.size > 0) {
        await connection.query('ROLLBACK')
        const failed = new Map([...refused].map(([id, error]) => [creators.get(id), error]))
        files?.discard(ids.filter((id) => failed.has(creators.get(id))))
        for (const [operation, error] of failed) operation?.reject(error)
        return await this.#commit(connection, operations.filter((operation) => !failed.has(operation)), progress)
      }
      for (const step of last) await step(connection)
      progress.committing = true
      await connection.query('COMMIT')
    } catch (error) {
      this.#kept.clear()
      if (!progress.committing) files?.discard(ids)
      throw error
    }
    this.#kept.take(rows, headsAfter(heads, ledger, rows))
    const placed = files?.place(ledger.created)
    committed({ ledger, heads, filed: files !== null })
    this.#answered = this.#answer(operations, outcomes, placed)
  }

  /** The next group is run meanwhile. */
  async #answer (operations: readonly Queued[], outcomes: ReadonlyMap<Queued, Outcome>, placed: Promise<void> | undefined): Promise<void> {
    await placed
    for (const operation of operations) {
      const outcome = outcomes.get(operation)
      if (outcome && 'value' in outcome) operation.resolve(outcome.value)
      else operation.reject(outcome?.error)
    }
  }
}

interface Ran {
  outcomes: Map<Queued, Outcome>
  ledger: Ledger
  creators: Map<string, Queued>
  last: Array<(connection: Connection) => Promise<void>>
}

/** Runs each operation as often as it takes until all it asks for is at hand. One that throws is undone alone. */
async function runAll (connection: Connection, rows: PostgresRows, operations: readonly Queued[]): Promise<Ran> {
  const ran: Ran = { outcomes: new Map(), ledger: new Ledger(rows), creators: new Map(), last: [] }
  let pending = operations
  for (let round = 0; pending.length > 0; round++) {
    if (round === rounds) throw new RangeError('operations ask for ever more rows')
    const missing: Wanted[] = []
    const again: Queued[] = []
    for (const operation of pending) {
      const mark = rows.undo.mark
      try {
        const page = new Page(rows)
        const value = operation.run(page)
        ran.ledger.add(page)
        ran.last.push(...page.last)
        for (const { id } of page.created) ran.creators.set(id, operation)
        ran.outcomes.set(operation, { value })
      } catch (error) {
        rows.undo.rollback(mark)
        if (error instanceof NotFetched) {
          missing.push(...error.wanted)
          again.push(operation)
        } else ran.outcomes.set(operation, { error })
      }
    }
    if (missing.length > 0) await fetchRows(connection, rows, missing)
    pending = again
  }
  return ran
}
