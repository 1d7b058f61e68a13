import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import type { ConversationStore } from './conversation-store.ts'
import { SqliteConversationStore } from './sqlite/sqlite-conversation-store.ts'

export interface OpenStoreOptions {
  /** The data folder, where SQLite lies. */
  home: string
  /** A PostgreSQL server instead. */
  databaseUrl?: string | undefined
  /** Milliseconds without a sign of life after which what another process held is taken over; with PostgreSQL only. */
  claimDuration?: number | undefined
  logger?: FastifyBaseLogger | undefined
}

/** @throws CTX_STORE_LOCKED, CTX_RESTORE_UNFINISHED, CTX_STORE_TOO_NEW, CTX_STORE_UNAVAILABLE, CTX_DATABASE_UNUSABLE */
export async function openStore ({ home, databaseUrl, claimDuration, logger }: OpenStoreOptions): Promise<ConversationStore> {
  if (databaseUrl === undefined) {
    const store = new SqliteConversationStore(home)
    logger?.info({ folder: home }, 'conversations are stored in SQLite')
    return store
  }
  // Only who uses it pays for loading it.
  const { PostgresConversationStore } = await import('./postgres/postgres-conversation-store.ts')
  const store = await PostgresConversationStore.open(databaseUrl, { claimDuration }, logger)
  logger?.info('conversations are stored in PostgreSQL')
  if (existsSync(join(home, 'chat.db'))) logger?.warn({ folder: home }, 'conversations in chat.db of the data folder are not shown while DATABASE_URL is set; they stay where they are')
  return store
}
