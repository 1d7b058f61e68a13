import { taskFiles } from './contract/task-files.ts'
import { dependencies } from './contract/dependencies.ts'
import { tools } from './contract/tools.ts'
import { orchestrate } from './orchestrator.ts'
import { createDatabase } from './postgres-database.ts'
const pg = async (t: any, options: any) => await orchestrate(t, { databaseUrl: await createDatabase(t), ...options })
tools(pg); dependencies(pg); taskFiles(pg)
