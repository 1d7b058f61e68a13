import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { changeSetCorrupt, helmFailed } from '../../errors.ts'
import type { Plan } from '../../toolkit.ts'
import type { Access } from '../kubernetes/access.ts'
import type { Repository } from '../workspace/repository.ts'
import { exportChart } from './chart.ts'
import type { Helm } from './helm.ts'
import { manifestOf, parseManifest, type Manifest } from './manifest.ts'
import { descriptionOf } from './release.ts'

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

/** What an upgrade would make, rendered against the cluster; nothing is changed. */
export async function tryUpgrade ({ helm, repository }: Releases, upgrade: Omit<Upgrade, 'result'>): Promise<Manifest> {
  return helm.inFolder(async (folder) => {
    const text = await helm.runIn(folder, [...await upgradeArgs(repository, upgrade, folder), '--dry-run=server', '--output', 'json'])
    const rendered: unknown = JSON.parse(text)
    if (!Value.Check(Rendered, rendered)) throw helmFailed('upgrade', 'its dry run is not what helm 3.17 or 4 says')
    return manifestOf(rendered)
  })
}

export async function makeChange ({ helm, repository }: Releases, change: ReleaseChange, planHash: string): Promise<void> {
  const about = [change.release, '--namespace', change.namespace]
  if (change.way === 'rollback') await helm.run(['rollback', change.release, String(change.revision), '--namespace', change.namespace, ...helm.timeout])
  else if (change.way === 'uninstall') await helm.run(['uninstall', ...about, '--keep-history', '--description', descriptionOf(planHash), ...helm.timeout])
  else {
    await helm.inFolder(async (folder) => helm.runIn(folder, [...await upgradeArgs(repository, change, folder), '--description', descriptionOf(planHash), ...helm.timeout]))
  }
}

/** What a chart renders for a release, without asking the cluster. */
export async function renderChart ({ helm, repository }: Releases, { release, namespace, chart, values }: Omit<Upgrade, 'result' | 'way' | 'keepValues'>): Promise<Manifest> {
  return helm.inFolder(async (folder) => {
    const file = await valuesFile(folder, values)
    return parseManifest(await helm.runIn(folder, ['template', release, await exportChart(repository, chart, folder), '--namespace', namespace, '--values', file]))
  })
}

async function upgradeArgs (repository: Repository, { release, namespace, chart, values, keepValues }: Omit<Upgrade, 'result'>, folder: string): Promise<string[]> {
  const file = await valuesFile(folder, values)
  const chartFolder = await exportChart(repository, chart, folder)
  return ['upgrade', release, chartFolder, '--install', '--namespace', namespace, '--values', file, keepValues ? '--reset-then-reuse-values' : '--reset-values']
}

async function valuesFile (folder: string, values: Record<string, unknown>): Promise<string> {
  const file = join(folder, 'values.json')
  await writeFile(file, JSON.stringify(values), { mode: 0o600 })
  return file
}
