import t from 'tap'
import { holdContract } from './contract/contract.ts'
import { orchestrate } from './orchestrator.ts'
import { createDatabase, createTemplate } from './postgres-database.ts'

const template = await createTemplate(t)
holdContract(async (t, options) => await orchestrate(t, { databaseUrl: await createDatabase(t, template), ...options }), { histories: 8, chain: 200 })
