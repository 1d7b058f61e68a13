import type { Toolkit } from '../../toolkit.ts'
import { applyReleases, movedReleases, undoReleases, verifyReleases } from './apply.ts'
import { helmToolkitId } from './plan.ts'
import { planReleasesBack } from './plan-back.ts'
import type { Releases } from './release-change.ts'
import { helmTools } from './tools.ts'

/** Releases of charts that lie in the workspace, by the helm program. */
export function createHelmToolkit (releases: Releases): Toolkit {
  return {
    id: helmToolkitId,
    tools: helmTools(releases),
    moved: (request) => movedReleases(releases, request),
    apply: (request) => applyReleases(releases, request),
    verify: (plans, _, signal) => verifyReleases(releases, plans, signal),
    planBack: (changes) => planReleasesBack(releases, changes),
    undo: (request) => undoReleases(releases, request)
  }
}
