import { setTimeout as sleep } from 'node:timers/promises'
import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { helmFailed, TaskFault } from '../../errors.ts'
import type { Helm } from './helm.ts'

const Status = Type.Object({
  name: Type.String(),
  namespace: Type.String(),
  version: Type.Integer(),
  manifest: Type.Optional(Type.String()),
  hooks: Type.Optional(Type.Array(Type.Object({ manifest: Type.String() }))),
  /** The values it was given. */
  config: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
  info: Type.Object({ status: Type.String(), description: Type.Optional(Type.String()), last_deployed: Type.Optional(Type.String()) })
})

const History = Type.Array(Type.Object({ revision: Type.Integer(), status: Type.String() }))

export interface ReleaseName { release: string, namespace: string }
export interface ReleaseState extends Static<typeof Status> {}

/** The release as it is, or was in a revision. undefined: there is no such release, nor its history. */
export async function findRelease (helm: Helm, { release, namespace }: ReleaseName, revision?: number): Promise<ReleaseState | undefined> {
  const text = await helm.run(['status', release, '--namespace', namespace, '--output', 'json', ...(revision === undefined ? [] : ['--revision', String(revision)])]).catch((error: unknown) => {
    if (error instanceof TaskFault && error.message.includes('release: not found')) return undefined
    throw error
  })
  return text === undefined ? undefined : checked(text)
}

/** The revision that counts as deployed, from which helm takes what an upgrade deletes: an earlier one where the last failed. */
export async function deployedRevision (helm: Helm, { release, namespace }: ReleaseName): Promise<number | undefined> {
  const history: unknown = JSON.parse(await helm.run(['history', release, '--namespace', namespace, '--output', 'json']))
  if (!Value.Check(History, history)) throw helmFailed('history', 'its answer is not what helm 3.17 or 4 says')
  return history.findLast(({ status }) => status === 'deployed')?.revision
}

/** As above, once no operation is under way; one that was cut off stays pending for ever and is answered after the time it may take. */
export async function settledRelease (helm: Helm, name: ReleaseName, patience: number, signal: AbortSignal): Promise<ReleaseState | undefined> {
  for (const until = performance.now() + patience; ;) {
    const found = await findRelease(helm, name)
    if (!found || !isPending(found) || performance.now() > until) return found
    await sleep(500, undefined, { signal })
  }
}

export function isPending ({ info: { status } }: ReleaseState): boolean {
  return status.startsWith('pending-')
}

export function isInstalled (release: ReleaseState | undefined): release is ReleaseState {
  return release !== undefined && release.info.status !== 'uninstalled'
}

/** What a plan stands on. */
export function baseOf (release: ReleaseState | undefined): string | null {
  return release ? `revision ${release.version}, ${release.info.status}` : null
}

/** The revision in a base; 0 where there was none. */
export function revisionIn (base: string | null): number {
  return Number(/^revision (\d+)/.exec(base ?? '')?.[1] ?? 0)
}

/** `upgrade` and `uninstall` take a description, by which a later run finds what an earlier one did. */
export function descriptionOf (planHash: string): string {
  return `cortex ${planHash}`
}

export function targetOf ({ release, namespace }: ReleaseName): string {
  return `namespace/${namespace}/helm-release/${release}`
}

function checked (text: string): ReleaseState {
  const value: unknown = JSON.parse(text)
  if (!Value.Check(Status, value)) throw helmFailed('status', 'its answer is not what helm 3.17 or 4 says')
  return value
}
