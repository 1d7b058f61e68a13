import type { Toolkit } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { inspectInventory } from './inventory.ts'
import { inspectMisconfigurations } from './misconfigurations.ts'
import { inspectPipeline } from './pipeline.ts'
import { inspectRepository } from './repository-report.ts'
import { inspectWorkloads } from './workloads.ts'
import { inspectWorkspace } from './overview.ts'

/** Looks the workspace through as a whole; changes nothing. */
export function createInspectionToolkit (repository: Repository): Toolkit {
  return {
    id: 'inspection',
    tools: [
      inspectMisconfigurations(repository),
      inspectInventory(repository),
      inspectRepository(repository),
      inspectWorkspace(repository),
      inspectPipeline(repository),
      inspectWorkloads(repository)
    ]
  }
}
