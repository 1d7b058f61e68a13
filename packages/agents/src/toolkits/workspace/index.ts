import type { ApplyRequest, Toolkit } from '../../toolkit.ts'
import { commitPlans, isCommitted, movedSince, undoCommit, verifyCommit } from './commit.ts'
import { awaitIndex } from './index-lock.ts'
import { workspaceToolkitId } from './plan.ts'
import { planFilesBack } from './plan-back.ts'
import type { Repository } from './repository.ts'
import { changeTools, readTools } from './tools.ts'

/**
 * Files of the gitops workspace: read from its last commit, changed by one commit per approved change set.
 * @param lockPatience milliseconds for which a commit waits for another git to let go of the index
 */
export function createWorkspaceToolkit (repository: Repository, lockPatience = 10_000): Toolkit {
  // Waited for before it is this worker's turn, so that others can plan meanwhile.
  const inTurn = async <T>(request: ApplyRequest, work: (repository: Repository, request: ApplyRequest) => Promise<T>, waits = true): Promise<T> => {
    if (waits) await awaitIndex(repository, lockPatience, request.signal)
    return repository.serially(() => work(repository, request))
  }
  return {
    id: workspaceToolkitId,
    tools: [...readTools(repository), ...changeTools(repository)],
    moved: (request) => movedSince(repository, request),
    apply: (request) => inTurn(request, commitPlans),
    verify: (plans, reference) => verifyCommit(repository, plans, reference),
    planBack: (changes, context) => planFilesBack(repository, changes, context),
    undo: async (request) => inTurn(request, undoCommit, await isCommitted(repository, request))
  }
}
