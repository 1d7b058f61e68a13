import type { Toolkit } from '../../toolkit.ts'
import { commitPlans, movedSince, undoCommit, verifyCommit } from './commit.ts'
import { workspaceToolkitId } from './plan.ts'
import { planFilesBack } from './plan-back.ts'
import type { Repository } from './repository.ts'
import { changeTools, readTools } from './tools.ts'

/** Files of the gitops workspace: read from its last commit, changed by one commit per approved change set. */
export function createWorkspaceToolkit (repository: Repository): Toolkit {
  return {
    id: workspaceToolkitId,
    tools: [...readTools(repository), ...changeTools(repository)],
    moved: (request) => movedSince(repository, request),
    apply: (request) => repository.serially(() => commitPlans(repository, request)),
    verify: (plans, reference) => verifyCommit(repository, plans, reference),
    planBack: (changes, context) => planFilesBack(repository, changes, context),
    undo: (request) => repository.serially(() => undoCommit(repository, request))
  }
}
