import { TaskFault } from '../../errors.ts'
import type { BackPlanning, MadeChange } from '../../toolkit.ts'
import { checkNamespace } from '../kubernetes/scope.ts'
import { netChanges } from '../net-changes.ts'
import { planRollback, planUninstall } from './plan.ts'
import { findRelease, isInstalled } from './release.ts'
import { changeOf, type Releases } from './release-change.ts'

/** Plans each release back to the revision it had before these changes, or away where there was none. */
export async function planReleasesBack (releases: Releases, changes: readonly MadeChange[]): Promise<BackPlanning> {
  const sum: BackPlanning = { plans: [], standing: [], left: [] }
  for (const { target, last, inverse: { rollback } } of netChanges(changes)) {
    const { release, namespace } = changeOf(last)
    try {
      checkNamespace(releases.access.scope, namespace)
      if (typeof rollback !== 'number' && !isInstalled(await findRelease(releases.helm, { release, namespace }))) {
        sum.standing.push(target)
        continue
      }
      const { plans, standing } = typeof rollback === 'number' ? await planRollback(releases, { release, namespace }, rollback) : await planUninstall(releases, { release, namespace })
      sum.plans.push(...plans)
      sum.standing.push(...standing)
    } catch (error) {
      if (!(error instanceof TaskFault) || error.retryable) throw error
      sum.left.push({ target, reason: error.message })
    }
  }
  return sum
}
