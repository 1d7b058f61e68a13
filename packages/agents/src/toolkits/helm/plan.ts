import type { Risk } from '@cortex/contracts'
import { objectUnsuited, releaseMissing } from '../../errors.ts'
import { redactionMark } from '../../redact.ts'
import type { Plan, Planning } from '../../toolkit.ts'
import { isPlain } from '../kubernetes/mask.ts'
import { textDiff } from '../kubernetes/show.ts'
import { checkScope, manifestHash, manifestOf, showManifest, type Manifest } from './manifest.ts'
import { baseOf, findRelease, isInstalled, targetOf, type ReleaseName, type ReleaseState } from './release.ts'
import { tryUpgrade, type ReleaseChange, type Releases, type Upgrade } from './release-change.ts'

export const helmToolkitId = 'helm'

/** @throws CTX_HELM_FAILED, CTX_CLUSTER_SCOPE, CTX_OBJECT_UNSUITED, CTX_CHART_UNSUITED */
export async function planUpgrade (releases: Releases, upgrade: Omit<Upgrade, 'result'>): Promise<Planning> {
  const { chart, values } = upgrade
  if (JSON.stringify(values).includes(redactionMark)) throw objectUnsuited(targetOf(upgrade), 'its values hold a redaction mark, which would overwrite the real value')
  if (!isPlain(values)) throw objectUnsuited(targetOf(upgrade), 'its values hold what looks like a secret; name an existing Secret instead')
  const current = await findRelease(releases.helm, upgrade)
  const before = isInstalled(current) ? manifestOf(current) : null
  const after = await tryUpgrade(releases, upgrade)
  const clusterWide = await checkScope(releases.access, after)
  const change: ReleaseChange = { ...upgrade, result: manifestHash(after) }
  return planOf('helm_upgrade', change, { current, before, after, clusterWide, words: `from the chart ${chart.path} (${chart.tree.slice(0, 12)}); helm's server dry run succeeded` })
}

/** Also of a release that was uninstalled, as long as its history is kept. @throws CTX_RELEASE_NOT_FOUND, CTX_HELM_FAILED, CTX_CLUSTER_SCOPE */
export async function planRollback (releases: Releases, name: ReleaseName, revision: number): Promise<Planning> {
  const current = await findRelease(releases.helm, name)
  const earlier = await findRelease(releases.helm, name, revision)
  if (!earlier) throw releaseMissing(`revision ${revision} of ${targetOf(name)}`)
  const [before, after] = [isInstalled(current) ? manifestOf(current) : null, manifestOf(earlier)]
  const clusterWide = await checkScope(releases.access, after)
  return planOf('helm_rollback', { ...name, way: 'rollback', revision, result: manifestHash(after) }, { current, before, after, clusterWide, words: `as it was in revision ${revision}` })
}

/** @throws CTX_RELEASE_NOT_FOUND, CTX_HELM_FAILED */
export async function planUninstall (releases: Releases, name: ReleaseName): Promise<Planning> {
  const current = await installed(releases, name)
  return planOf('helm_uninstall', { ...name, way: 'uninstall' }, { current, before: manifestOf(current), after: null, clusterWide: false, words: 'its history is kept, so that it can be rolled back; what its volumes held may be lost' })
}

interface Compared { current: ReleaseState | undefined, before: Manifest | null, after: Manifest | null, clusterWide: boolean, words: string }

function planOf (tool: string, change: ReleaseChange, { current, before, after, clusterWide, words }: Compared): Planning {
  const target = targetOf(change)
  const diff = textDiff(target, before && showManifest(before), after && showManifest(after))
  if (diff === '') return { plans: [], standing: [target] }
  const verb = after === null ? 'delete' : before === null ? 'create' : 'update'
  const plan: Plan = {
    toolkit: helmToolkitId,
    tool,
    target,
    verb,
    ...(clusterWide && { cluster_wide: true }),
    diff,
    arguments: change,
    base: baseOf(current),
    risk: riskOf(change, after),
    dry_run: `${verb} ${target}: ${after?.length ?? before?.length ?? 0} objects, ${words}`,
    inverse: isInstalled(current) ? { rollback: current.version } : { uninstall: true }
  }
  return { plans: [plan], standing: [] }
}

const powerful = /cluster-admin|privileged:\s*true|hostPath:|hostNetwork:\s*true|hostPID:\s*true|docker\.sock|kind:\s*(?:Cluster|Role|CustomResourceDefinition|\w*Webhook)/

function riskOf ({ way }: ReleaseChange, after: Manifest | null): Risk {
  return way === 'uninstall' || (after && powerful.test(showManifest(after))) ? 'high' : 'medium'
}

async function installed ({ helm }: Releases, name: ReleaseName): Promise<ReleaseState> {
  const current = await findRelease(helm, name)
  if (!isInstalled(current)) throw releaseMissing(targetOf(name))
  return current
}
