import t from 'tap'
import { retention } from './contract/retention.ts'
import { orchestrate } from './orchestrator.ts'
import { createDatabase } from './postgres-database.ts'

t.setTimeout(120_000)
retention(orchestrate)
retention(async (t, options) => await orchestrate(t, { databaseUrl: await createDatabase(t), ...options }))
