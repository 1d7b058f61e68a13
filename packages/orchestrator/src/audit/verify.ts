import type { AuditEntry, AuditHead } from '@cortex/contracts'
import { genesis, readLine } from './chain.ts'

/** The first line that is wrong, and how. */
export interface AuditFault {
  /** Counted from 1; one past the last when lines are missing there. */
  readonly line: number
  readonly kind: 'changed' | 'missing' | 'reordered'
  readonly message: string
}

export interface AuditVerdict {
  readonly lines: number
  /** The last line, or where the chain begins when there is none. */
  readonly head: AuditHead
  readonly fault: AuditFault | null
}

export interface AuditProofs {
  /** Where the chain ends, as somebody else knows it. */
  readonly head?: AuditHead
  /** The hash of a line that was there once. */
  readonly contains?: string | undefined
}

/** Reads the whole chain and names its first fault. */
export async function verifyAudit (lines: AsyncIterable<string>, { head, contains }: AuditProofs = {}): Promise<AuditVerdict> {
  const check = new ChainCheck(contains)
  for await (const line of lines) if (!check.take(line)) break
  return check.verdict(head)
}

class ChainCheck {
  readonly #sought: string | undefined
  #found = false
  #count = 0
  #last: AuditHead = genesis
  #fault: AuditFault | null = null
  /** A number that was passed over: where it comes later, lines were moved, else they are missing. */
  #gap: { line: number, seq: number, next: number } | null = null
  /** The chain begins behind this line; one further on must say that it was dropped. */
  #cut: AuditHead | null = null
  #cutIsTold = false

  constructor (sought: string | undefined) {
    this.#sought = sought
  }

  /** False when the rest need not be read. */
  take (line: string): boolean {
    this.#count++
    const entry = readLine(line)
    if (this.#gap) {
      if (entry?.seq !== this.#gap.seq) return true
      return this.#blame('reordered', `entry ${this.#gap.next} stands where ${this.#gap.seq} belongs, which stands in line ${this.#count}`, this.#gap.line)
    }
    if (!entry) return this.#blame('changed', 'it is not as it was written: its text and its hash do not belong together')
    if (this.#count === 1 && entry.seq > 1) this.#cut = { seq: entry.seq - 1, hash: entry.prev_hash }
    else if (entry.seq !== this.#last.seq + 1) return this.#misplaced(entry)
    else if (entry.prev_hash !== this.#last.hash) return this.#blame('changed', `entry ${this.#last.seq} was written anew: the one behind it names another hash`, Math.max(1, this.#count - 1))
    this.#last = { seq: entry.seq, hash: entry.hash }
    this.#found ||= entry.hash === this.#sought
    this.#cutIsTold ||= entry.action === 'audit.truncated' && entry.details['through_seq'] === this.#cut?.seq && entry.details['through_hash'] === this.#cut?.hash
    return true
  }

  verdict (head: AuditHead | undefined): AuditVerdict {
    if (!this.#fault) this.#judgeEnd(head)
    return { lines: this.#count, head: this.#last, fault: this.#fault }
  }

  #judgeEnd (head: AuditHead | undefined): void {
    if (this.#gap) this.#blame('missing', `${range(this.#gap.seq, this.#gap.next - 1)} missing before entry ${this.#gap.next}`, this.#gap.line)
    else if (this.#cut && !this.#cutIsTold) this.#blame('missing', `${range(1, this.#cut.seq)} missing, and no entry says that they were dropped`, 1)
    else if (head && this.#last.seq < head.seq) this.#blame('missing', `${range(this.#last.seq + 1, head.seq)} missing at the end`, this.#count + 1)
    else if (head && (this.#last.seq !== head.seq || this.#last.hash !== head.hash)) this.#blame('changed', `the chain ends in entry ${this.#last.seq} with another hash than the store remembers`, this.#count)
    else if (this.#sought !== undefined && !this.#found) this.#blame('missing', `no entry has the hash ${this.#sought}: the chain is another one, or that entry is not part of it`, this.#count + 1)
  }

  #misplaced ({ seq }: AuditEntry): boolean {
    if (seq > this.#last.seq) {
      this.#gap = { line: this.#count, seq: this.#last.seq + 1, next: seq }
      return true
    }
    if (this.#cut && seq <= this.#cut.seq) return this.#blame('reordered', `entry ${this.#cut.seq + 1} stands where ${seq} belongs, which stands in line ${this.#count}`, 1)
    return this.#blame('reordered', `entry ${seq} stands behind entry ${this.#last.seq}`)
  }

  #blame (kind: AuditFault['kind'], message: string, line = this.#count): false {
    this.#fault = { line, kind, message }
    return false
  }
}

function range (from: number, to: number): string {
  return from === to ? `entry ${from} is` : `entries ${from} to ${to} are`
}
