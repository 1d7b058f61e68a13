import type { Scenario } from '../scenario.ts'
import { postgres, sqlite } from '../stores.ts'
import agents from './agents.ts'
import { createOn } from './create.ts'
import fanOut from './fan-out.ts'
import page from './page.ts'
import readers from './readers.ts'
import start from './start.ts'
import stored from './stored.ts'
import streams from './streams.ts'
import { throughputOn } from './throughput.ts'
import { workerStartOn } from './worker-start.ts'

const stores = [sqlite, postgres]

export const scenarios: readonly Scenario[] = [
  ...stores.flatMap((store) => [createOn(store), workerStartOn(store), throughputOn(store)]),
  fanOut,
  start,
  stored,
  readers,
  page,
  streams,
  agents
]
