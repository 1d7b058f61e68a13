import t from 'tap'
import { holdContract } from './contract/contract.ts'
import { orchestrate } from './orchestrator.ts'
import { empty, PglitePostgres, startPglite } from './pglite-postgres.ts'

const server = await startPglite()
t.teardown(() => server.close())

holdContract(async (t, options) => {
  await empty(server)
  return await orchestrate(t, { database: new PglitePostgres(server), ...options })
}, { histories: 2, chain: 100 })
