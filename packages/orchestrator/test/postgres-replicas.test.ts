import { replicas } from './contract/replicas.ts'
import { orchestrate } from './orchestrator.ts'
import { createDatabase } from './postgres-database.ts'

replicas(async (t, options) => {
  const databaseUrl = await createDatabase(t)
  return [await orchestrate(t, { databaseUrl, ...options }), await orchestrate(t, { databaseUrl, ...options })]
})
