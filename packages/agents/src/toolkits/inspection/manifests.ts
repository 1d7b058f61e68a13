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

const sizeLimit = 512 * 1024
const podSpecKeys: Readonly<Record<string, string[]>> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
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

/** Manifests among the files, and the YAML files that could not be read, with the reason. */
export function readManifests (texts: ReadonlyMap<string, string>): { manifests: Manifest[], unreadable: Array<{ path: string, line: number, reason: string }> } {
  const manifests: Manifest[] = []
  const unreadable: Array<{ path: string, line: number, reason: string }> = []
  for (const [path, text] of texts) {
    if (!isYaml(path)) continue
    const { documents, fault } = readYaml(text)
    if (fault) unreadable.push({ path, ...fault })
    for (const { value, lineOf } of documents) {
      if (!isRecord(value) || typeof value.apiVersion !== 'string' || typeof value.kind !== 'string') continue
      const metadata = recordOf(value.metadata)
      manifests.push({ path, kind: value.kind, name: textOf(metadata.name), namespace: textOf(metadata.namespace), value, lineOf })
    }
  }
  return { manifests, unreadable }
}

export function podSpecOf ({ kind, value }: Manifest): PodSpec | undefined {
  const keys = podSpecKeys[kind]
  if (!keys) return undefined
  let spec: unknown = value
  for (const key of keys) spec = recordOf(spec)[key]
  return isRecord(spec) ? { spec, keys } : undefined
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
