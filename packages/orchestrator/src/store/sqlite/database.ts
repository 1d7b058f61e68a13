import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { StoreTooNew } from '../../errors.ts'
import { migrations } from './schema.ts'

/** One connection with its prepared statements. What it commits is in the write-ahead log, and on disk after a sync of that (`WalSync`). */
export class Database {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  /** How often something was written. */
  writes = 0

  constructor (path: string) {
    this.#db = new DatabaseSync(path)
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY')
    // SQLite's own knows ASCII only.
    this.#db.function('lower_case', { deterministic: true }, (text) => String(text).toLowerCase())
  }

  exec (sql: string): void {
    this.#db.exec(sql)
  }

  /** @returns the row id of an insert */
  run (sql: string, ...values: SQLInputValue[]): number {
    this.writes++
    return Number(this.#statement(sql).run(...values).lastInsertRowid)
  }

  one<Row> (sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined
  }

  all<Row> (sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values) as Row[]
  }

  iterate<Row> (sql: string, ...values: SQLInputValue[]): Iterable<Row> {
    return this.#statement(sql).iterate(...values) as Iterable<Row>
  }

  /** @throws CTX_STORE_TOO_NEW */
  migrate (): void {
    const version = this.one<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0
    if (version > migrations.length) throw new StoreTooNew(version, migrations.length)
    for (const [index, sql] of migrations.entries()) {
      if (index >= version) this.#db.exec(`BEGIN; ${sql} PRAGMA user_version = ${index + 1}; COMMIT`)
    }
  }

  close (): void {
    this.#statements.clear()
    if (this.#db.isOpen) this.#db.close()
  }

  #statement (sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, statement = this.#db.prepare(sql))
    return statement
  }
}
