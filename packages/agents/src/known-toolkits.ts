import type { Toolkit } from './toolkit.ts'
import { createInspectionToolkit } from './toolkits/inspection/index.ts'
import { Repository } from './toolkits/workspace/repository.ts'
import { createWorkspaceToolkit } from './toolkits/workspace/index.ts'

/** The toolkits there are, to be asked for their tools and not to be used: nothing they work on is opened or made. */
export function knownToolkits (): Toolkit[] {
  const repository = Repository.unopened('.')
  return [createWorkspaceToolkit(repository), createInspectionToolkit(repository)]
}
