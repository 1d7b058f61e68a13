import { podOf, type Container, type KubernetesObject } from './objects.ts'

const powers = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } }
/** Names of settings that hold secrets. */
const secretName = /TOKEN|_KEY$|PASSWORD|CLIENT_SECRET|DATABASE_URL/
/** Kinds by which rights could be widened, or that hold secrets. */
const mighty = ['secrets', 'roles', 'rolebindings', 'clusterroles', 'clusterrolebindings', 'pods/exec', 'serviceaccounts/token', 'nodes']

/** What goes against the rules that hold for every object here, whatever the values; empty when nothing does. */
export function policyFaults (object: KubernetesObject, { secretsAsked = false } = {}): string[] {
  const pod = podOf(object)
  return [
    ...pod ? podFaults(pod.spec) : [],
    ...imagesIn(object).filter((image) => image.endsWith(':latest') || !/(:[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image)).map((image) => `image ${image} is not pinned`),
    ...(object.kind === 'Secret' ? ['a Secret is made, so its content stood in the values'] : []),
    ...(/^Cluster(Role|RoleBinding)$/.test(object.kind) ? ['rights reach over all namespaces'] : []),
    ...(object.kind === 'Role' ? ruleFaults(object['rules'], secretsAsked) : []),
    ...(object.kind === 'ServiceAccount' && object['automountServiceAccountToken'] !== false ? ['its token is mounted into any pod'] : []),
    ...(object.kind === 'Service' && object['spec'].type !== 'ClusterIP' ? ['the Service is reached from outside'] : [])
  ]
}

/** What any field names that is called for an image, of a container or of a kind an operator knows. */
function imagesIn (value: unknown): string[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) => typeof each === 'string' && /image(Name)?$/i.test(name) ? [each] : imagesIn(each))
}

function podFaults (spec: Record<string, any>): string[] {
  const { securityContext: security = {} } = spec
  const volumes = (spec['volumes'] ?? []) as Array<Record<string, unknown>>
  return [
    ...(security.runAsNonRoot === true && security.runAsUser > 0 ? [] : ['it may run as root']),
    ...(security.seccompProfile?.type === 'RuntimeDefault' ? [] : ['no seccomp profile']),
    ...(spec['hostNetwork'] || spec['hostPID'] || spec['hostIPC'] ? ['it shares the host'] : []),
    ...(spec['enableServiceLinks'] === false ? [] : ['variables of services may be taken for settings']),
    ...(typeof spec['automountServiceAccountToken'] === 'boolean' ? [] : ['whether it has a token is left open']),
    ...volumes.filter((volume) => 'hostPath' in volume).map(({ name }) => `volume ${name} is of the host`),
    ...volumes.filter((volume) => 'secret' in volume && (volume['secret'] as { defaultMode?: number }).defaultMode !== 0o440).map(({ name }) => `volume ${name} is not for the group of the pod alone`),
    ...volumes.filter((volume) => (volume['emptyDir'] as { sizeLimit?: string } | undefined)?.sizeLimit === undefined && 'emptyDir' in volume).map(({ name }) => `volume ${name} has no bound`),
    ...[...spec['containers'], ...spec['initContainers'] ?? []].flatMap((container: Container) => containerFaults(container).map((fault) => `${container.name}: ${fault}`))
  ]
}

function containerFaults ({ securityContext = {}, resources = {}, env = [], ...container }: Container): string[] {
  const served = (container.ports ?? []).length > 0
  return [
    ...Object.entries(powers).filter(([name, wanted]) => JSON.stringify(securityContext[name]) !== JSON.stringify(wanted)).map(([name]) => `securityContext.${name}`),
    ...['limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'].filter((path) => path.split('.').reduce((at, name) => at?.[name], resources) === undefined).map((path) => `no ${path}`),
    ...env.filter(({ name, value }) => secretName.test(name) && value !== undefined).map(({ name }) => `${name} stands in the clear`),
    ...(served ? ['startupProbe', 'livenessProbe', 'readinessProbe'].filter((probe) => !container[probe]).map((probe) => `no ${probe}`) : [])
  ]
}

function ruleFaults (rules: Array<Record<string, string[]>>, secretsAsked: boolean): string[] {
  return rules.flatMap(({ apiGroups = [], resources = [], verbs = [] }) => [
    ...([...apiGroups, ...resources, ...verbs].some((word) => word.includes('*')) ? ['a wildcard'] : []),
    ...resources.filter((kind) => mighty.includes(kind) && !(kind === 'secrets' && secretsAsked)).map((kind) => `rights on ${kind}`)
  ])
}
