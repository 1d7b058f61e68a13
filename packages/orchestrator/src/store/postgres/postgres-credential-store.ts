import type { Credential } from '@cortex/contracts'
import type { CredentialStore } from '../credential-store.ts'
import type { Connection } from './postgres.ts'

interface Row { doc: string, used_at: string | null }

/** A table beside the tasks; the connection belongs to their store, which closes it. */
export class PostgresCredentialStore implements CredentialStore {
  readonly #postgres: Connection

  constructor (postgres: Connection) {
    this.#postgres = postgres
  }

  async add (credential: Credential): Promise<void> {
    const { id, kind, hash, owner, created_at: created, expires_at: expires, used_at: used, ...rest } = credential
    await this.#postgres.query('INSERT INTO cortex.credentials (id, kind, hash, owner, created_at, expires_at, used_at, doc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      [id, kind, hash, owner, created, expires, used, JSON.stringify({ id, kind, hash, owner, created_at: created, expires_at: expires, ...rest })])
  }

  async find (hash: string): Promise<Credential | null> {
    const [row] = await this.#postgres.query<Row>('SELECT doc, used_at FROM cortex.credentials WHERE hash = $1', [hash])
    return row ? toCredential(row) : null
  }

  async list ({ kind, owner, limit }: Parameters<CredentialStore['list']>[0]): Promise<Credential[]> {
    const rows = await this.#postgres.query<Row>('SELECT doc, used_at FROM cortex.credentials WHERE kind = $1 AND lower(owner) = lower(coalesce($2, owner)) ORDER BY created_at DESC, id LIMIT $3', [kind, owner ?? null, limit])
    return rows.map(toCredential)
  }

  async remove (id: string, owner?: string): Promise<Credential | null> {
    const [row] = await this.#postgres.query<Row>('DELETE FROM cortex.credentials WHERE id = $1 AND lower(owner) = lower(coalesce($2, owner)) RETURNING doc, used_at', [id, owner ?? null])
    return row ? toCredential(row) : null
  }

  async used (id: string, at: string): Promise<void> {
    await this.#postgres.query('UPDATE cortex.credentials SET used_at = $2 WHERE id = $1', [id, at])
  }

  async trim (before: string): Promise<void> {
    await this.#postgres.query('DELETE FROM cortex.credentials WHERE expires_at < $1', [before])
  }

  async close (): Promise<void> {}
}

function toCredential ({ doc, used_at: used }: Row): Credential {
  return { ...JSON.parse(doc) as Credential, used_at: used }
}
