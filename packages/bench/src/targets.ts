import type { Target } from './scenario.ts'

const below = (value: number): Target => ({ is: 'below', value })
const atMost = (value: number): Target => ({ is: 'at most', value })
const atLeast = (value: number): Target => ({ is: 'at least', value })
const above = (value: number): Target => ({ is: 'above', value })

/** What the figures should be, all of it; in the unit of the row. */
export const targets = {
  sqlite: { createShare: atLeast(45), createP99: below(25), workerStart: atMost(3), throughput: atLeast(3_000) },
  postgres: { createShare: atLeast(30), createP99: null, workerStart: atMost(12), throughput: atLeast(1_000) },
  /** Creates in parts of what a queue alone does behind the same route. */
  peerShare: above(100),
  fanOut: { last: below(150), lead: atLeast(0) },
  start: { ready: below(3), memory: below(200) },
  stored: { read: atMost(10), createShare: atLeast(80), ready: atMost(5), memory: atMost(300) },
  readers: { last: below(1_000), livez: below(1_000) },
  page: { firstUpdate: atMost(150), frame: atMost(200), open: below(2) },
  streams: { memory: below(400) },
  agents: { parallel: atMost(130), overhead: atMost(5), waiting: below(1_024) }
} as const
