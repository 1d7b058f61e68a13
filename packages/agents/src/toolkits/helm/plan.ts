import type { Risk } from '@cortex/contracts'
import { redactionMark } from '@cortex/secrets'
import { objectUnsuited, releaseMissing } from '../../errors.ts'
import type { Plan, Planning } from '../../toolkit.ts'
import { isPlain } from '../kubernetes/mask.ts'
import { textDiff } from '../kubernetes/show.ts'
import { isPowerful } from '../risk/power.ts'
import { holdsDefinitions } from './chart.ts'
import { manifestHash, showManifest } from './manifest.ts'
import { reachOf, type Reach } from './reach.ts'
import { manifestOf, type Manifest } from './read-manifest.ts'
import { baseOf, deployedRevision, findRelease, isInstalled, targetOf, type ReleaseName, type ReleaseState } from './release.ts'
import { renderUpgrade, tryUpgrade, type ReleaseChange, type Releases, type Upgrade } from './release-change.ts'

export const helmToolkitId = 'helm'

/** @throws CTX_HELM_FAILED, CTX_CLUSTER_SCOPE, CTX_OBJECT_UNSUITED, CTX_CHART_UNSUITED */
export async function planUpgrade (releases: Releases, upgrade: Omit<Upgrade, 'result'>): Promise<Planning> {
  const { helm, access, repository } = releases
  const { chart, values, keepValues, namespace } = upgrade
  if (JSON.stringify(values).includes(redactionMark)) throw objectUnsuited(targetOf(upgrade), 'its values hold a redaction mark, which would overwrite the real value')
  if (!isPlain(values)) throw objectUnsuited(targetOf(upgrade), 'its values hold what looks like a secret; name an existing Secret instead')
  const current = await findRelease(helm, upgrade)
  // A template could spell them out where nothing recognises them.
  if (keepValues && !isPlain(current?.config ?? {})) throw objectUnsuited(targetOf(upgrade), 'the values it was given before hold what looks like a secret, so they cannot be kept here; leave keep_values out and give the values anew')
  const before = await standingOf(releases, current)
  const after = await renderUpgrade(releases, upgrade, current)
  const reach = await reachOf(access, namespace, [...before ?? [], ...await deployedBeside(releases, upgrade, current)], after)
  await tryUpgrade(releases, upgrade, after)
  const change: ReleaseChange = { ...upgrade, result: manifestHash(after) }
  const words = [`from the chart ${chart.path} (${chart.tree.slice(0, 12)}); helm's server dry run succeeded`, ...await holdsDefinitions(repository, chart) ? ['what lies in its folder crds/ is left out'] : []]
  return planOf('helm_upgrade', change, { current, before, after, reach, words: words.join('; ') })
}

/** Also of a release that was uninstalled, as long as its history is kept. @throws CTX_RELEASE_NOT_FOUND, CTX_HELM_FAILED, CTX_CLUSTER_SCOPE */
export async function planRollback (releases: Releases, name: ReleaseName, revision: number): Promise<Planning> {
  const current = await findRelease(releases.helm, name)
  const earlier = await findRelease(releases.helm, name, revision)
  if (!earlier) throw releaseMissing(`revision ${revision} of ${targetOf(name)}`)
  const [before, after] = [await standingOf(releases, current), await manifestOf(releases.helm, earlier)]
  const reach = await reachOf(releases.access, name.namespace, before ?? [], after)
  return planOf('helm_rollback', { ...name, way: 'rollback', revision, result: manifestHash(after) }, { current, before, after, reach, words: `as it was in revision ${revision}` })
}

/** @throws CTX_RELEASE_NOT_FOUND, CTX_HELM_FAILED, CTX_CLUSTER_SCOPE */
export async function planUninstall (releases: Releases, name: ReleaseName): Promise<Planning> {
  const current = await findRelease(releases.helm, name)
  const before = await standingOf(releases, current)
  if (!before) throw releaseMissing(targetOf(name))
  const reach = await reachOf(releases.access, name.namespace, before, [])
  return planOf('helm_uninstall', { ...name, way: 'uninstall' }, { current, before, after: null, reach, words: 'its history is kept, so that it can be rolled back; what its volumes held may be lost' })
}

interface Compared { current: ReleaseState | undefined, before: Manifest | null, after: Manifest | null, reach: Reach, words: string }

function planOf (tool: string, change: ReleaseChange, { current, before, after, reach: { touches, clusterWide }, words }: Compared): Planning {
  const target = targetOf(change)
  const diff = textDiff(target, before && showManifest(before), after && showManifest(after, before))
  if (diff === '') return { plans: [], standing: [target] }
  const verb = after === null ? 'delete' : before === null ? 'create' : 'update'
  const removed = touches.filter((touch) => touch.verb === 'delete')
  const beyond = touches.filter((touch) => !touch.target.startsWith(`namespace/${change.namespace}/`))
  const plan: Plan = {
    toolkit: helmToolkitId,
    tool,
    target,
    verb,
    ...(clusterWide && { cluster_wide: true }),
    diff,
    arguments: change,
    base: baseOf(current),
    risk: clusterWide || removed.length > 0 ? 'high' : riskOf(after),
    touches,
    dry_run: [
      `${verb} ${target}: ${after?.length ?? before?.length ?? 0} objects, ${words}`,
      ...(verb === 'update' && removed.length > 0 ? [`deletes ${listed(removed)}`] : []),
      ...(beyond.length > 0 ? [`reaches beyond its namespace: ${listed(beyond)}`] : [])
    ].join('; '),
    inverse: isInstalled(current) ? { rollback: current.version } : { uninstall: true }
  }
  return { plans: [plan], standing: [] }
}

function riskOf (after: Manifest | null): Risk {
  return after === null || isPowerful(after) ? 'high' : 'medium'
}

function listed (touches: Reach['touches']): string {
  const more = touches.length > 20 ? `, and ${touches.length - 20} more` : ''
  return touches.slice(0, 20).map(({ target }) => target).join(', ') + more
}

async function standingOf ({ helm }: Releases, current: ReleaseState | undefined): Promise<Manifest | null> {
  return isInstalled(current) ? manifestOf(helm, current) : null
}

/** After a failed upgrade helm compares with the revision before it, whose objects go when the next one has them no more. */
async function deployedBeside ({ helm }: Releases, name: ReleaseName, current: ReleaseState | undefined): Promise<Manifest> {
  if (!isInstalled(current) || current.info.status === 'deployed') return []
  const revision = await deployedRevision(helm, name)
  const deployed = revision === undefined ? undefined : await findRelease(helm, name, revision)
  return deployed ? manifestOf(helm, deployed) : []
}
