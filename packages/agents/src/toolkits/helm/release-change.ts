import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { changeSetCorrupt, chartUnsuited, helmFailed } from '../../errors.ts'
import type { Plan } from '../../toolkit.ts'
import type { Access } from '../kubernetes/access.ts'
import type { Repository } from '../workspace/repository.ts'
import { exportChart } from './chart.ts'
import { fixChart } from './fixed-chart.ts'
import type { Helm } from './helm.ts'
import { manifestHash } from './manifest.ts'
import { manifestOf, readManifest, type Manifest } from './read-manifest.ts'
import { descriptionOf, isInstalled, type ReleaseState } from './release.ts'

/** What the helm toolkit works with: the program, the cluster it changes, the workspace its charts come from. */
export interface Releases {
  helm: Helm
  access: Access
  repository: Repository
}

const named = { release: Type.String(), namespace: Type.String() }

/** One call of helm, as a change set keeps it. `result`: hash of what the release consists of then. */
export const ReleaseChange = Type.Union([
  Type.Object({
    ...named,
    way: Type.Literal('upgrade'),
    chart: Type.Object({ path: Type.String(), tree: Type.String() }),
    values: Type.Record(Type.String(), Type.Unknown()),
    keepValues: Type.Boolean(),
    result: Type.String()
  }),
  Type.Object({ ...named, way: Type.Literal('rollback'), revision: Type.Integer(), result: Type.String() }),
  Type.Object({ ...named, way: Type.Literal('uninstall') })
])
export type ReleaseChange = Static<typeof ReleaseChange>
export type Upgrade = Extract<ReleaseChange, { way: 'upgrade' }>

const Rendered = Type.Object({ manifest: Type.String(), hooks: Type.Optional(Type.Array(Type.Object({ manifest: Type.String() }))) })

export function changeOf ({ arguments: change }: Pick<Plan, 'arguments'>): ReleaseChange {
  if (!Value.Check(ReleaseChange, change)) throw changeSetCorrupt()
  return change
}

/** What an upgrade makes: rendered without the cluster, so that a template can look nothing up in it. */
export async function renderUpgrade (releases: Releases, upgrade: Omit<Upgrade, 'result'>, current: ReleaseState | undefined): Promise<Manifest> {
  const { helm, repository } = releases
  if (!isInstalled(current)) return renderChart(releases, upgrade)
  return helm.inFolder(async (folder) => {
    const [command = '', release = '', ...options] = upgradeWords(upgrade)
    const text = await helm.runIn(folder, [command, release, await exportChart(repository, upgrade.chart, folder), ...await chartArgs(upgrade, folder), ...options, '--dry-run=client', '--output', 'json'])
    const rendered: unknown = JSON.parse(text)
    if (!Value.Check(Rendered, rendered)) throw helmFailed('upgrade', 'its dry run is not what helm 3.17 or 4 says')
    return manifestOf(helm, rendered)
  })
}

/** What a chart renders for a new release, told what the cluster can do. */
export async function renderChart ({ helm, access, repository }: Releases, { release, namespace, chart, values }: Omit<Upgrade, 'result' | 'way' | 'keepValues'>): Promise<Manifest> {
  const { version, served } = await access.kinds.capabilities()
  return helm.inFolder(async (folder) => {
    const chartFolder = await exportChart(repository, chart, folder)
    const abilities = ['--kube-version', version, ...served.flatMap((each) => ['--api-versions', each])]
    return readManifest(helm, await helm.runIn(folder, ['template', release, chartFolder, '--namespace', namespace, '--values', await valuesFile(folder, values), ...abilities]))
  })
}

/** Has the server try out these objects as the release's next revision; nothing is changed. @throws CTX_HELM_FAILED */
export async function tryUpgrade (releases: Releases, upgrade: Omit<Upgrade, 'result'>, manifest: Manifest): Promise<void> {
  await upgradeTo(releases, upgrade, manifest, [...upgradeWords(upgrade), '--dry-run=server'])
}

/**
 * An upgrade is rendered anew, for secret values are kept nowhere in between, and made when it is what was approved. A release that is new is
 * installed and not upgraded: helm refuses that where somebody else has installed one of the name meanwhile.
 * @throws CTX_HELM_FAILED, CTX_CHART_UNSUITED before anything is changed
 */
export async function makeChange (releases: Releases, change: ReleaseChange, planHash: string, current: ReleaseState | undefined): Promise<void> {
  const { helm } = releases
  const about = [change.release, '--namespace', change.namespace]
  if (change.way === 'rollback') await helm.run(['rollback', change.release, String(change.revision), '--namespace', change.namespace, ...helm.timeout])
  else if (change.way === 'uninstall') await helm.run(['uninstall', ...about, '--keep-history', '--description', descriptionOf(planHash), ...helm.timeout])
  else {
    const manifest = await renderUpgrade(releases, change, current)
    if (manifestHash(manifest) !== change.result) throw chartUnsuited(change.chart.path, 'it renders other objects now than were approved, so nothing was changed; a chart that makes something up at each rendering cannot be approved')
    const words = isInstalled(current) ? upgradeWords(change) : ['install', change.release, ...current ? ['--replace'] : []]
    await upgradeTo(releases, change, manifest, [...words, '--description', descriptionOf(planHash), ...helm.timeout])
  }
}

async function upgradeTo ({ helm, repository }: Releases, upgrade: Omit<Upgrade, 'result'>, manifest: Manifest, [command = '', release = '', ...options]: string[]): Promise<void> {
  await helm.inFolder(async (folder) => {
    const fixed = await fixChart(upgrade.chart, await exportChart(repository, upgrade.chart, folder), manifest, folder)
    await helm.runIn(folder, [command, release, fixed, ...await chartArgs(upgrade, folder), ...options])
  })
}

function upgradeWords ({ release, keepValues }: Omit<Upgrade, 'result'>): string[] {
  return ['upgrade', release, '--install', keepValues ? '--reset-then-reuse-values' : '--reset-values']
}

async function chartArgs ({ namespace, values }: Omit<Upgrade, 'result'>, folder: string): Promise<string[]> {
  return ['--namespace', namespace, '--values', await valuesFile(folder, values)]
}

async function valuesFile (folder: string, values: Record<string, unknown>): Promise<string> {
  const file = join(folder, 'values.json')
  await writeFile(file, JSON.stringify(values), { mode: 0o600 })
  return file
}
