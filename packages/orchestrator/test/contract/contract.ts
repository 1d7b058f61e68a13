import t from 'tap'
import type { Orchestrate } from '../orchestrator.ts'
import { approvals } from './approvals.ts'
import { audit } from './audit.ts'
import { claims } from './claims.ts'
import { credentials } from './credentials.ts'
import { dependencies } from './dependencies.ts'
import { events } from './events.ts'
import { dependencyHistories } from './histories.ts'
import { leases } from './leases.ts'
import { rollback } from './rollback.ts'
import { subTasks } from './sub-tasks.ts'
import { taskFiles } from './task-files.ts'
import { tools } from './tools.ts'

export interface ContractOptions {
  /** Random histories of dependent tasks to play. */
  histories: number
  /** Tasks in the longest chain. */
  chain: number
}

/** What every orchestrator does, whatever store it stands on. */
export function holdContract (orchestrate: Orchestrate, { histories, chain }: ContractOptions): void {
  // Each sentence starts an orchestrator of its own; on a busy machine that is a second each.
  t.setTimeout(300_000)
  tools(orchestrate)
  dependencies(orchestrate, chain)
  dependencyHistories(orchestrate, histories)
  leases(orchestrate)
  claims(orchestrate)
  approvals(orchestrate)
  audit(orchestrate)
  credentials(orchestrate)
  rollback(orchestrate)
  subTasks(orchestrate)
  events(orchestrate)
  taskFiles(orchestrate)
}
