import { Type } from '@sinclair/typebox'
import { checkPath } from '../workspace/paths.ts'
import type { Repository, TreeEntry } from '../workspace/repository.ts'
import { readYaml, type YamlDocument } from '../yaml-documents.ts'

/** One Kubernetes object as a file describes it. */
export interface Manifest {
  path: string
  kind: string
  name: string
  namespace: string
  value: Record<string, unknown>
  lineOf: YamlDocument['lineOf']
}

/** The pod a workload runs, with where in its manifest it stands. */
export interface PodSpec { spec: Record<string, unknown>, keys: string[] }

export interface WorkspaceText { entries: TreeEntry[], texts: Map<string, string> }

/** Bytes of a file that is read. */
export const sizeLimit = 512 * 1024
/** Lists within lists, and fields within an object, that are looked into. */
const deepestList = 5
const deepestPod = 12
const podSpecKeys: Readonly<Record<string, string[]>> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  PodTemplate: ['template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec']
}

/** The folder a reading tool keeps to; empty for the whole workspace. */
export const Folder = Type.String({ maxLength: 400 })

/** Every text file of the last commit, or of one folder, up to half a megabyte each. @throws CTX_PATH_REFUSED */
export async function readTexts (repository: Repository, folder = ''): Promise<WorkspaceText> {
  const start = folder === '' ? '' : `${checkPath(folder)}/`
  const entries = (await repository.files()).filter(({ path }) => path.startsWith(start))
  return { entries, texts: await repository.readAll(entries.filter(({ size }) => size <= sizeLimit)) }
}

export function isYaml (path: string): boolean {
  return /\.ya?ml$/.test(path)
}

/** Manifests among the files, those of a List each for itself, and the files that could not be read, with the reason. */
export function readManifests (texts: ReadonlyMap<string, string>): { manifests: Manifest[], unreadable: Array<{ path: string, line: number, reason: string }> } {
  const manifests: Manifest[] = []
  const unreadable: Array<{ path: string, line: number, reason: string }> = []
  for (const [path, text] of texts) {
    if (!isYaml(path) && !mayHoldManifests(path, text)) continue
    const { documents, fault } = readYaml(text)
    if (fault) unreadable.push({ path, ...fault })
    for (const { value, lineOf } of documents) manifests.push(...manifestsIn(path, value, lineOf))
  }
  return { manifests, unreadable }
}

/** Of all that is JSON, little is for a cluster. */
function mayHoldManifests (path: string, text: string): boolean {
  return path.endsWith('.json') && text.includes('"apiVersion"') && text.includes('"kind"')
}

function manifestsIn (path: string, value: unknown, lineOf: Manifest['lineOf'], depth = 0): Manifest[] {
  if (!isRecord(value) || typeof value.apiVersion !== 'string' || typeof value.kind !== 'string') return []
  const { apiVersion, kind } = value
  if (kind.endsWith('List') && Array.isArray(value.items) && depth < deepestList) {
    // What a server lists does not repeat its kind in each item.
    return value.items.flatMap((item: unknown, index) => manifestsIn(path, kind === 'List' || !isRecord(item) ? item : { apiVersion, kind: kind.slice(0, -4), ...item }, (keys) => lineOf(['items', index, ...keys]), depth + 1))
  }
  const metadata = recordOf(value.metadata)
  return [{ path, kind, name: textOf(metadata.name), namespace: textOf(metadata.namespace), value, lineOf }]
}

/** The first pod of a manifest. */
export function podSpecOf (manifest: Manifest): PodSpec | undefined {
  return podSpecsOf(manifest)[0]
}

/** Every pod a manifest describes: where its kind has it, and in kinds of others wherever there is something with containers. */
export function podSpecsOf ({ kind, value }: Manifest): PodSpec[] {
  const keys = Object.hasOwn(podSpecKeys, kind) ? podSpecKeys[kind] : undefined
  if (!keys) return podsWithin(value, [])
  let spec: unknown = value
  for (const key of keys) spec = recordOf(spec)[key]
  return isRecord(spec) ? [{ spec, keys }] : []
}

function podsWithin (value: unknown, keys: PodSpec['keys']): PodSpec[] {
  if (value === null || typeof value !== 'object' || keys.length > deepestPod) return []
  if (isRecord(value) && listOf(value.containers).some(({ name, image }) => typeof name === 'string' || typeof image === 'string')) return [{ spec: value, keys }]
  return Object.entries(value).flatMap(([key, each]) => podsWithin(each, [...keys, key]))
}

export function isRecord (value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** The value as a mapping; an empty one when it is none, so that a path through a manifest needs no questions. */
export function recordOf (value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}

export function listOf (value: unknown): Array<Record<string, unknown>> {
  return Array.isArray(value) ? value.map(recordOf) : []
}

export function textOf (value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
