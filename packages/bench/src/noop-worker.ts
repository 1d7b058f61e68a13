import type { Lease, LeaseList, LeaseOutcome, LeaseRequest } from '@cortex/contracts'
import { PlainConnection } from './plain-connection.ts'
import type { WorkerOptions } from './worker-processes.ts'

// A worker that ends each task it gets at once, by a call of its own on a connection of its own, and tells its parent how many.
// It asks for more as soon as half of its places are free, so that it is not idle while the last of its ends are written.
const { orchestrator, agentId, capacity } = JSON.parse(process.argv[2] ?? '{}') as WorkerOptions
const outcome: LeaseOutcome = { kind: 'completed', result: { summary: 'Nothing was asked for', evidence: [{ claim: 'It was leased', detail: 'by the benchmark' }] } }
const masters: LeaseRequest['masters'] = [{ id: 'infrastructure-master', title: 'Infrastructure', categories: ['infrastructure'], concurrency: 1_000 }]
const poll = new PlainConnection(orchestrator)
const free = Array.from({ length: capacity }, () => new PlainConnection(orchestrator))
const held = new Set<string>()
let ended = 0
let roomMade = () => {}

process.once('disconnect', () => process.exit())
process.send?.('ready')
for (;;) {
  const ask: LeaseRequest = { agent_id: agentId, masters, held: [...held], capacity: capacity - held.size, wait_seconds: 10 }
  const { leases } = JSON.parse(await poll.post('/v1/leases', ask)) as LeaseList
  for (const lease of leases) void end(lease)
  if (held.size > capacity / 2) await new Promise<void>((resolve) => { roomMade = resolve })
}

async function end ({ lease_id: id }: Lease): Promise<void> {
  const connection = free.pop()
  held.add(id)
  await connection?.post(`/v1/leases/${id}/outcome`, outcome)
  held.delete(id)
  if (connection) free.push(connection)
  // Those that end together are told of together.
  if (ended++ === 0) setImmediate(tell)
  if (held.size <= capacity / 2) roomMade()
}

function tell (): void {
  process.send?.(ended)
  ended = 0
}
