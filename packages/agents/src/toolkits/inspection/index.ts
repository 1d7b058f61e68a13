import type { Toolkit } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { inspectIgnores } from './ignores.ts'
import { inspectInventory } from './inventory.ts'
import { inspectLicences } from './licences.ts'
import { inspectMisconfigurations } from './misconfigurations.ts'
import { inspectNotes } from './notes.ts'
import { inspectPipeline } from './pipeline.ts'
import { inspectRepository } from './repository-report.ts'
import { inspectResources } from './resources.ts'
import { inspectUpdates } from './updates.ts'
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
      inspectWorkloads(repository),
      inspectUpdates(repository),
      inspectResources(repository),
      inspectLicences(repository),
      inspectNotes(repository),
      inspectIgnores(repository)
    ]
  }
}
