import { withPeer, type PeerOptions } from './run-under-test.ts'
import { startPostgres } from './servers/postgres.ts'
import { startRedis } from './servers/redis.ts'
import type { Server } from './servers/server.ts'

/** A queue that others would build on, asked for one job a call, as its documentation shows first. */
export interface Peer {
  readonly kind: PeerOptions['kind']
  readonly title: string
  /** What it takes when `start` answers null. */
  readonly missing: string
  start (folder: string): Promise<Server | null>
  /** Runs work while the queue takes calls at a route of ours. */
  behindRoute<T> (address: string, orchestrator: string, work: (url: string) => Promise<T>): Promise<T>
}

function peer (kind: PeerOptions['kind'], rest: Pick<Peer, 'title' | 'missing' | 'start'>): Peer {
  return { kind, ...rest, behindRoute: async (address, orchestrator, work) => await withPeer({ kind, address, orchestrator }, work) }
}

export const peers: readonly Peer[] = [
  peer('pg-boss', { title: 'pg-boss send()', missing: 'there is no PostgreSQL for this platform', start: startPostgres }),
  peer('bullmq', {
    title: 'BullMQ add()',
    missing: 'there is no redis-server on PATH and no REDIS_URL: install it (apt-get install redis-server, brew install redis); the benchmark runs it itself',
    start: startRedis
  })
]
