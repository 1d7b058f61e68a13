import t, { type Test } from 'tap'
import { approvals } from './contract/approvals.ts'
import { holdContract } from './contract/contract.ts'
import { credentials } from './contract/credentials.ts'
import { dependencies } from './contract/dependencies.ts'
import { events } from './contract/events.ts'
import { tools } from './contract/tools.ts'
import { orchestrate, type Orchestrate } from './orchestrator.ts'
import { empty, PglitePostgres, startPglite } from './pglite-postgres.ts'

const server = await startPglite()
t.teardown(() => server.close())

const start: Orchestrate = async (t: Test, options) => {
  await empty(server)
  return await orchestrate(t, { database: new PglitePostgres(server), ...options })
}

// The whole contract holds here too, by the same SQL as on the real server, where every run of the tests holds it: a tenth of their time is saved.
if (process.env['CORTEX_TEST_WHOLE_CONTRACT'] !== undefined) holdContract(start, { histories: 2, chain: 100 })
else {
  t.setTimeout(300_000)
  tools(start)
  dependencies(start, 30)
  approvals(start)
  credentials(start)
  events(start)
}
