import type { Fields } from './api-server-stand-in-fields.ts'

/** Kinds the stand-in serves: group and version, kind, plural, whether it belongs to a namespace, short names. */
const served: Array<[apiVersion: string, kind: string, plural: string, namespaced: boolean, ...shortNames: string[]]> = [
  ['v1', 'Namespace', 'namespaces', false, 'ns'], ['v1', 'Node', 'nodes', false, 'no'], ['v1', 'Pod', 'pods', true, 'po'], ['v1', 'Service', 'services', true, 'svc'],
  ['v1', 'ConfigMap', 'configmaps', true, 'cm'], ['v1', 'Secret', 'secrets', true], ['v1', 'ServiceAccount', 'serviceaccounts', true, 'sa'], ['v1', 'Event', 'events', true, 'ev'],
  ['apps/v1', 'Deployment', 'deployments', true, 'deploy'], ['apps/v1', 'StatefulSet', 'statefulsets', true, 'sts'], ['apps/v1', 'DaemonSet', 'daemonsets', true, 'ds'], ['apps/v1', 'ReplicaSet', 'replicasets', true, 'rs'],
  ['batch/v1', 'Job', 'jobs', true], ['batch/v1', 'CronJob', 'cronjobs', true, 'cj'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false], ['rbac.authorization.k8s.io/v1', 'Role', 'roles', true],
  ['metrics.k8s.io/v1beta1', 'PodMetrics', 'pods', true], ['metrics.k8s.io/v1beta1', 'NodeMetrics', 'nodes', false]
]

export interface ServedKind { apiVersion: string, kind: string, plural: string, namespaced: boolean, shortNames: string[] }

export const kinds: ServedKind[] = served.map(([apiVersion, kind, plural, namespaced, ...shortNames]) => ({ apiVersion, kind, plural, namespaced, shortNames }))

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']

/** What the server says it has; undefined: no such path. */
export function discover (path: string): Fields | undefined {
  if (path === '/version') return { major: '1', minor: '35', gitVersion: 'v1.35.0-stand-in', platform: 'linux/amd64' }
  if (path.startsWith('/openapi/v3')) return openApi(path)
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] }
  const groups = [...new Set(kinds.map(({ apiVersion }) => apiVersion).filter((version) => version.includes('/')))]
  if (path === '/apis') {
    const list = groups.map((groupVersion) => ({ groupVersion, version: groupVersion.split('/')[1] }))
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: list.map((version) => ({ name: version.groupVersion.split('/')[0], versions: [version], preferredVersion: version })) }
  }
  const groupVersion = path === '/api/v1' ? 'v1' : groups.find((version) => path === `/apis/${version}`)
  if (groupVersion === undefined) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: kinds.filter(({ apiVersion }) => apiVersion === groupVersion).map(({ kind, plural, namespaced, shortNames }) => ({ name: plural, singularName: kind.toLowerCase(), namespaced, kind, shortNames, verbs }))
  }
}

/** No schemas: only that the server validates fields itself, which programs in Go ask before they leave it to the server. */
function openApi (path: string): Fields {
  const rootOf = (apiVersion: string) => apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`
  const versions = [...new Set(kinds.map(({ apiVersion }) => apiVersion))]
  if (path === '/openapi/v3') return { paths: Object.fromEntries(versions.map((version) => [rootOf(version), { serverRelativeURL: `/openapi/v3/${rootOf(version)}` }])) }
  const own = kinds.filter(({ apiVersion }) => path === `/openapi/v3/${rootOf(apiVersion)}`)
  const patch = ({ apiVersion, kind }: ServedKind) => {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
    return { 'x-kubernetes-group-version-kind': { group, version, kind }, parameters: [{ name: 'fieldValidation', in: 'query' }], responses: {} }
  }
  return { openapi: '3.0.0', info: { title: 'stand-in', version: '1' }, paths: Object.fromEntries(own.map((kind) => [`/${rootOf(kind.apiVersion)}/${kind.plural}/{name}`, { patch: patch(kind) }])) }
}

/** What the server would fill in; a real one fills in far more. */
export function withDefaults (object: Fields): Fields {
  const spec = object.spec as Fields | undefined
  if (spec && ['Deployment', 'StatefulSet'].includes(object.kind as string)) spec.replicas ??= 1
  if (spec && object.kind === 'Deployment') spec.revisionHistoryLimit ??= 10
  if (spec && object.kind === 'Service') spec.type ??= 'ClusterIP'
  if (object.kind === 'Namespace') object.spec ??= { finalizers: ['kubernetes'] }
  return object
}

/** What a dry run cannot know yet. */
export function allocate (object: Fields): void {
  const spec = object.spec as Fields | undefined
  if (spec && object.kind === 'Service') spec.clusterIP ??= `10.96.0.${1 + Math.floor(Math.random() * 250)}`
}

/** What a controller writes when all pods are as wanted. */
export function rolledOut (object: Fields): Fields {
  const { replicas = 1 } = object.spec as { replicas?: number }
  const { generation: observedGeneration } = object.metadata as { generation: number }
  if (object.kind === 'DaemonSet') return { observedGeneration, currentNumberScheduled: 1, numberMisscheduled: 0, numberReady: 1, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 }
  return { observedGeneration, replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas }
}
