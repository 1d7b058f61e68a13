import { parseAllDocuments } from 'yaml'

/** An object as a manifest holds it. */
export interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata: { name: string, namespace?: string, labels?: Record<string, string>, annotations?: Record<string, string> }
  [field: string]: any
}

export interface Container {
  name: string
  image: string
  args?: string[]
  env?: Array<{ name: string, value?: string, valueFrom?: { secretKeyRef?: { name: string, key: string } } }>
  ports?: Array<{ name: string, containerPort: number }>
  volumeMounts?: Array<{ name: string, mountPath: string, subPath?: string }>
  command?: string[]
  [field: string]: any
}

export interface PodTemplate {
  labels: Record<string, string>
  spec: { containers: Container[], volumes?: Array<Record<string, any>>, [field: string]: any }
}

export function parseObjects (text: string): KubernetesObject[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]
    return document.toJS() as KubernetesObject | null
  }).filter((object) => object !== null)
}

export const idOf = ({ apiVersion, kind, metadata: { namespace, name } }: KubernetesObject) => `${apiVersion} ${kind} ${namespace ?? ''}/${name}`

/** The pods an object makes; null when it makes none. */
export function podOf (object: KubernetesObject): PodTemplate | null {
  if (object.kind === 'Pod') return { labels: object.metadata.labels ?? {}, spec: object['spec'] }
  const template = (object.kind === 'CronJob' ? object['spec'].jobTemplate.spec : object['spec'])?.template
  return template?.spec?.containers ? { labels: template.metadata.labels, spec: template.spec } : null
}

/** Whether labels fit a selector. */
export function selects (selector: { matchLabels?: Record<string, string> } | undefined, labels: Record<string, string>): boolean {
  return Object.entries(selector?.matchLabels ?? {}).every(([name, value]) => labels[name] === value)
}
