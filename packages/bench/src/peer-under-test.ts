import { createLogger, runProcess } from '@cortex/service'
import { Queue } from 'bullmq'
import { PgBoss } from 'pg-boss'
import { startCreateRoute } from './create-route.ts'
import type { PeerOptions } from './run-under-test.ts'

// A queue behind the route that the echo has: each call is one job, answered when the queue says that it has it.
const { kind, address, orchestrator } = JSON.parse(process.argv[2] ?? '{}') as PeerOptions
const logger = createLogger({ level: 'warn', name: 'bench-peer' })

interface Peer {
  add (call: object): Promise<string | null | undefined>
  close (): Promise<void>
}

const queue = 'tasks'

const peers: Record<PeerOptions['kind'], () => Promise<Peer>> = {
  'pg-boss': async () => {
    const boss = new PgBoss(address)
    boss.on('error', (error) => logger.error({ err: error }, 'pg-boss failed'))
    await boss.start()
    await boss.createQueue(queue)
    return { add: async (call) => await boss.send(queue, call), close: async () => await boss.stop() }
  },
  bullmq: async () => {
    const { hostname: host, port } = new URL(address)
    const jobs = new Queue(queue, { connection: { host, port: Number(port || 6379) } })
    await jobs.waitUntilReady()
    return { add: async (call) => (await jobs.add('task', call)).id, close: async () => await jobs.close() }
  }
}

await runProcess(logger, async () => {
  const peer = await peers[kind]()
  const route = await startCreateRoute(orchestrator, logger, async (call) => ({ task_id: await peer.add(call) }))
  process.send?.(route.url)
  // Whoever measures is gone: nobody else ends this process.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  return {
    close: async () => {
      await route.close()
      await peer.close()
    }
  }
})
