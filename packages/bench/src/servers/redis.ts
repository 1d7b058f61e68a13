import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { RedisUnsuitable } from '../errors.ts'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'
import type { Server } from './server.ts'

/**
 * A Redis that writes each command to disk before it answers: the one at REDIS_URL, else `redis-server` from PATH on a free port of the loopback address.
 * Null when there is none.
 * @throws CTX_BENCH_REDIS_UNSUITABLE
 */
export async function startRedis (folder: string): Promise<Server | null> {
  const given = process.env.REDIS_URL
  if (given) {
    await refuseLazyRedis(given)
    return { url: given, close: async () => {} }
  }
  await mkdir(folder, { recursive: true })
  const port = await freePort()
  const child = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
    { stdio: ['ignore', 'pipe', 'inherit'] })
  const ready = Promise.withResolvers<boolean>()
  child.once('error', () => ready.resolve(false))
  child.once('exit', () => ready.resolve(false))
  createInterface({ input: child.stdout }).on('line', (line) => { if (line.includes('Ready to accept connections')) ready.resolve(true) })
  if (!await ready.promise) return null
  return {
    url: `redis://127.0.0.1:${port}`,
    close: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    }
  }
}

/** One that answers before the job is on disk would be measured against another promise than ours. */
async function refuseLazyRedis (url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 })
  try {
    for (const [name, wanted] of [['appendonly', 'yes'], ['appendfsync', 'always']] as const) {
      const [, value] = await redis.config('GET', name) as string[]
      if (value !== wanted) throw new RedisUnsuitable(name, value, wanted)
    }
  } finally {
    redis.disconnect()
  }
}
