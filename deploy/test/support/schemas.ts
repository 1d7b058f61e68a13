import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import * as client from '@kubernetes/client-node'
import type { KubernetesObject } from './objects.ts'

/** Packages that have the kinds of a group which is not Kubernetes' own. */
const packages: Record<string, string> = {
  'traefik.io': '@kubernetes-models/traefik',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'postgresql.cnpg.io': '@kubernetes-models/cloudnative-pg'
}

interface Attribute { name: string, baseName: string, type: string }
interface Model { getAttributeTypeMap (): Attribute[] }

/** Every field of the wrong type, missing or unknown, by the published schemas; empty when the object fits. */
export async function schemaFaults (object: KubernetesObject): Promise<string[]> {
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') as [string, string] : ['', object.apiVersion]
  // No package has the one kind of k3s; its content is helm's values for Traefik.
  if (group === 'helm.cattle.io') return []
  const external = packages[group]
  const path = `${external ?? 'kubernetes-models'}/${object.apiVersion}/${object.kind}`
  const module = await import(path) as Record<string, new (data: object) => { validate (): void }>
  const faults: string[] = []
  try {
    new module[object.kind]!(object).validate()
  } catch (error) {
    faults.push((error as Error).message)
  }
  if (external) faults.push(...await undeclaredIn(path, object))
  else faults.push(...unknownIn(object, `${version.charAt(0).toUpperCase()}${version.slice(1)}${object.kind}`, object.kind))
  return faults
}

/** By the client's own maps of fields. */
function unknownIn (value: unknown, type: string, path: string): string[] {
  if (value === null || value === undefined) return []
  const item = /^Array<(.+)>$/.exec(type)?.[1]
  if (item) return Array.isArray(value) ? value.flatMap((each, index) => unknownIn(each, item, `${path}[${index}]`)) : []
  const model = (client as unknown as Record<string, Model | undefined>)[type]
  if (typeof model?.getAttributeTypeMap !== 'function' || typeof value !== 'object') return []
  const fields = new Map(model.getAttributeTypeMap().map((attribute) => [attribute.baseName, attribute]))
  return Object.entries(value).flatMap(([name, each]) => {
    const field = fields.get(name)
    return field ? unknownIn(each, field.type, `${path}.${name}`) : [`${path}.${name} is no field of ${type}`]
  })
}

/** Their validators let unknown fields pass and their maps are types alone: each name below `spec` must stand in the kind's declarations. */
async function undeclaredIn (path: string, object: KubernetesObject): Promise<string[]> {
  const names = new Set<string>()
  await collect(new URL(import.meta.resolve(path)), new Set(), names)
  // Maps, and parts of Kubernetes' own.
  const free = new Set(['metadata', 'parameters', 'labels', 'annotations', 'resources', 'selector', 'credentials'])
  const walk = (value: unknown, at: string): string[] => Array.isArray(value)
    ? value.flatMap((each, index) => walk(each, `${at}[${index}]`))
    : value === null || typeof value !== 'object'
      ? []
      : Object.entries(value).flatMap(([name, each]) => [...(names.has(name) ? [] : [`${at}.${name} is not declared`]), ...(free.has(name) ? [] : walk(each, `${at}.${name}`))])
  return walk(object['spec'], `${object.kind}.spec`)
}

/** Names declared in a file of types and in those it takes from beside it. */
async function collect (file: URL, seen: Set<string>, names: Set<string>): Promise<void> {
  const types = new URL(file.href.replace(/(\.d\.ts|\.js)?$/, '.d.ts'))
  if (seen.has(types.href)) return
  seen.add(types.href)
  const text = await readFile(fileURLToPath(types), 'utf8')
  for (const [, name] of text.matchAll(/^\s*"([^"]+)"\??:/gm)) names.add(name!)
  for (const [, relative] of text.matchAll(/from ?"(\.[^"]+)"/g)) await collect(new URL(relative!, types), seen, names)
}
