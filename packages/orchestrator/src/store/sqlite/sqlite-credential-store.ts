import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Credential } from '@cortex/contracts'
import { keepPrivate } from '@cortex/service'
import { StoreTooNew } from '../../errors.ts'
import type { CredentialStore } from '../credential-store.ts'
import { migrations, schemaVersion } from './credential-schema.ts'

interface Row { doc: string, used_at: string | null }

/** `access.db` in the data folder: a file of its own, so that deleting it signs everybody out and loses nothing else. Opened when first needed. */
export class SqliteCredentialStore implements CredentialStore {
  readonly #path: string
  #opened: DatabaseSync | null = null

  constructor (folder: string) {
    this.#path = join(folder, 'access.db')
  }

  async add (credential: Credential): Promise<void> {
    const { id, kind, hash, owner, created_at: created, expires_at: expires, used_at: used, ...rest } = credential
    this.#db.prepare('INSERT INTO credentials (id, kind, hash, owner, created_at, expires_at, used_at, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(id, kind, hash, owner, created, expires, used, JSON.stringify({ id, kind, hash, owner, created_at: created, expires_at: expires, ...rest }))
  }

  async find (hash: string): Promise<Credential | null> {
    const row = this.#db.prepare('SELECT doc, used_at FROM credentials WHERE hash = ?').get(hash)
    return row ? toCredential(row as unknown as Row) : null
  }

  async list ({ kind, owner, limit }: Parameters<CredentialStore['list']>[0]): Promise<Credential[]> {
    const rows = this.#db.prepare('SELECT doc, used_at FROM credentials WHERE kind = ? AND lower(owner) = lower(coalesce(?, owner)) ORDER BY created_at DESC, id LIMIT ?').all(kind, owner ?? null, limit)
    return (rows as unknown as Row[]).map(toCredential)
  }

  async remove (id: string, owner?: string): Promise<Credential | null> {
    const row = this.#db.prepare('DELETE FROM credentials WHERE id = ? AND lower(owner) = lower(coalesce(?, owner)) RETURNING doc, used_at').get(id, owner ?? null)
    return row ? toCredential(row as unknown as Row) : null
  }

  async used (id: string, at: string): Promise<void> {
    this.#db.prepare('UPDATE credentials SET used_at = ? WHERE id = ?').run(at, id)
  }

  async trim (before: string): Promise<void> {
    this.#db.prepare('DELETE FROM credentials WHERE expires_at < ?').run(before)
  }

  async close (): Promise<void> {
    this.#opened?.close()
    this.#opened = null
  }

  get #db (): DatabaseSync {
    if (this.#opened) return this.#opened
    keepPrivate(this.#path)
    const db = new DatabaseSync(this.#path)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')
    const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
    if (version > schemaVersion) throw new StoreTooNew(version, schemaVersion)
    for (const [index, sql] of migrations.entries()) if (index >= version) db.exec(`BEGIN; ${sql} PRAGMA user_version = ${index + 1}; COMMIT`)
    return (this.#opened = db)
  }
}

function toCredential ({ doc, used_at: used }: Row): Credential {
  return { ...JSON.parse(doc) as Credential, used_at: used }
}
