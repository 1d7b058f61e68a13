import type { Approval } from '@cortex/contracts'
import type { Ledger } from '../ledger.ts'
import type { PostgresRows, StoredRecord } from './postgres-rows.ts'

/** Tasks and leases kept. */
const mostKept = 2_000

/** The numbers that events and log lines go on from. */
export interface Heads { readonly last_seq: number, readonly last_log: number }

/** What a group leaves of them. Archiving tells of no event, so it leaves out a log line's number instead: other replicas have to see that what they keep may be gone. */
export function headsAfter ({ last_seq: seq, last_log: log }: Heads, { events }: Ledger, { logs, archives }: PostgresRows): Heads {
  return { last_seq: seq + events.length, last_log: log + logs.values.length + (archives.values.length > 0 ? 1 : 0) }
}

/**
 * Rows that stay at hand from one group to the next, for as long as no other replica has changed a task between, which the numbers of the newest event
 * and log line tell. A task that is created, admitted, leased and ended here is then never read back.
 */
export class KeptRows {
  readonly records = new Map<string, StoredRecord | null>()
  readonly newestApproval = new Map<string, Approval | null>()
  readonly needing = new Map<string, readonly string[]>()
  readonly leased = new Map<string, string | null>()
  #heads: Heads | null = null

  /** @param heads as the next group finds them */
  check ({ last_seq: seq, last_log: log }: Heads): void {
    if (this.#heads?.last_seq !== seq || this.#heads.last_log !== log) this.clear()
  }

  /** What a group has committed, with the numbers it left. */
  take (rows: PostgresRows, heads: Heads): void {
    // That there is none is not kept: where such a task is instead, in the archive, is asked for with its record.
    renew(this.records, [...rows.records.entries()].filter(([, stored]) => stored !== null))
    renew(this.newestApproval, rows.newestApproval.entries())
    renew(this.needing, rows.needing.entries())
    renew(this.leased, rows.leased.entries())
    for (const [id] of rows.newlyNeeding.entries()) this.needing.delete(id)
    for (const { tasks } of rows.archives.values) for (const { task: { id } } of tasks) for (const map of [this.records, this.newestApproval, this.needing]) map.delete(id)
    this.#heads = heads
  }

  clear (): void {
    for (const map of [this.records, this.newestApproval, this.needing, this.leased]) map.clear()
    this.#heads = null
  }
}

/** The ones that were used longest ago are first to go. */
function renew<Value> (map: Map<string, Value>, entries: Iterable<[string, Value]>): void {
  for (const [key, value] of entries) {
    map.delete(key)
    map.set(key, value)
  }
  for (const key of map.keys()) {
    if (map.size <= mostKept) break
    map.delete(key)
  }
}
