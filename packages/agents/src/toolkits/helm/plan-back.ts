import { TaskFault } from '../../errors.ts'
import type { BackPlanning, MadeChange } from '../../toolkit.ts'
import { checkNamespace } from '../kubernetes/scope.ts'
import { netChanges } from '../net-changes.ts'
import { planRollback, planUninstall } from './plan.ts'
import { findRelease, isInstalled, revisionIn } from './release.ts'
import { changeOf, type Releases } from './release-change.ts'

/** Plans each release back to the revision it had before these changes, or away where there was none. One that somebody has changed since is planned back at a high risk. */
export async function planReleasesBack (releases: Releases, changes: readonly MadeChange[]): Promise<BackPlanning> {
  const sum: BackPlanning = { plans: [], standing: [], left: [] }
  for (const { target, last, inverse: { rollback } } of netChanges(changes)) {
    const { way, release, namespace } = changeOf(last)
    try {
      checkNamespace(releases.access.scope, namespace)
      const current = await findRelease(releases.helm, { release, namespace })
      if (typeof rollback !== 'number' && !isInstalled(current)) {
        sum.standing.push(target)
        continue
      }
      const { plans, standing } = typeof rollback === 'number' ? await planRollback(releases, { release, namespace }, rollback) : await planUninstall(releases, { release, namespace })
      const isAsMade = current?.version === revisionIn(last.base) + (way === 'uninstall' ? 0 : 1)
      sum.plans.push(...plans.map((plan) => isAsMade ? plan : { ...plan, risk: 'high' as const, dry_run: `${plan.dry_run}; it was changed since by others, and this takes that back as well` }))
      sum.standing.push(...standing)
    } catch (error) {
      if (!(error instanceof TaskFault) || error.retryable) throw error
      sum.left.push({ target, reason: error.message })
    }
  }
  return sum
}
