import type { Test } from 'tap'
import { temporaryFolder } from '../orchestrator.ts'
import { createDatabase } from '../postgres-database.ts'
import type { ProcessOptions } from '../support/spawn-orchestrator.ts'

/** A store the faults are tried on. A fault's test is written once and runs for each. */
export interface Store {
  readonly name: string
  /** How often it is killed: each time starts a process. */
  readonly kills: number
  /** Options of an orchestrator with a store of its own that goes with the test. */
  options (t: Test): Promise<ProcessOptions>
}

export const stores: readonly Store[] = [
  { name: 'SQLite', kills: 20, options: async (t) => ({ home: await temporaryFolder(t) }) },
  { name: 'PostgreSQL', kills: 3, options: async (t) => ({ databaseUrl: await createDatabase(t), home: await temporaryFolder(t) }) }
]
