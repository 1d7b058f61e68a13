import { holdContract } from './contract/contract.ts'
import { orchestrate } from './orchestrator.ts'
import { createDatabase } from './postgres-database.ts'

holdContract(async (t, options) => await orchestrate(t, { databaseUrl: await createDatabase(t), ...options }), { histories: 12 })
