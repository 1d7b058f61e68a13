import type { AuditHead } from '@cortex/contracts'
import type { SQLInputValue } from 'node:sqlite'
import { chain, genesis } from '../../audit/chain.ts'
import type { AuditDraft } from '../../audit/drafts.ts'
import type { AuditFilter, StoredAuditLine } from '../task-store.ts'
import type { Database } from './database.ts'

/** The audit as rows. What is appended goes with the transaction it tells of, and the head with it. */
export class AuditTable {
  readonly #db: Database

  constructor (db: Database) {
    this.#db = db
  }

  append (drafts: readonly AuditDraft[]): void {
    if (drafts.length === 0) return
    const { lines, head } = chain(drafts, this.head())
    for (const { seq, at, task_id: taskId, batch_id: batchId, line } of lines) {
      this.#db.run('INSERT INTO audit (seq, at, task_id, batch_id, line) VALUES (?, ?, ?, ?, ?)', seq, at, taskId, batchId, line)
    }
    this.#db.run('UPDATE audit_head SET seq = ?, hash = ?', head.seq, head.hash)
  }

  head (): AuditHead {
    return this.#db.one<AuditHead>('SELECT seq, hash FROM audit_head') ?? genesis
  }

  lines ({ after, limit, ...equal }: AuditFilter): StoredAuditLine[] {
    const conditions = ['seq > ?']
    const values: SQLInputValue[] = [after]
    for (const [column, value] of Object.entries(equal)) {
      if (value === undefined) continue
      conditions.push(`${column} = ?`)
      values.push(value)
    }
    return this.#db.all<StoredAuditLine>(`SELECT seq, line FROM audit WHERE ${conditions.join(' AND ')} ORDER BY seq LIMIT ?`, ...values, limit)
  }

  droppable (before: string, limit: number): AuditHead | null {
    return this.#db.one<AuditHead>(`
      WITH bounds AS (SELECT (SELECT min(seq) FROM audit) AS first, coalesce((SELECT seq FROM audit WHERE at >= ? ORDER BY seq LIMIT 1), (SELECT max(seq) + 1 FROM audit)) AS kept)
      SELECT seq, json_extract(line, '$.hash') AS hash FROM bounds JOIN audit ON seq = min(kept - 1, first + ? - 1) WHERE kept > first`, before, limit) ?? null
  }

  drop ({ seq }: AuditHead): void {
    this.#db.run('DELETE FROM audit WHERE seq <= ?', seq)
  }
}
