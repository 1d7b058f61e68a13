import type { Toolkit } from '../../toolkit.ts'
import { commitPlans, verifyCommit } from './commit.ts'
import { workspaceToolkitId } from './plan.ts'
import type { Repository } from './repository.ts'
import { changeTools, readTools } from './tools.ts'

/** Files of the gitops workspace: read from its last commit, changed by one commit per approved change set. */
export function createWorkspaceToolkit (repository: Repository): Toolkit {
  const serially = createMutex()
  return {
    id: workspaceToolkitId,
    tools: [...readTools(repository), ...changeTools(repository)],
    apply: (request) => serially(() => commitPlans(repository, request)),
    verify: (plans, reference) => verifyCommit(repository, plans, reference)
  }
}

/** One after the other, in the order of asking; a failure does not stop those behind it. */
function createMutex (): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work, work)
    last = turn
    return turn
  }
}
