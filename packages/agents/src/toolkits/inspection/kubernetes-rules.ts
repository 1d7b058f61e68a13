import { isSecretField } from '@cortex/secrets'
import { isOn, isZero, runtimeSocket } from '../risk/fields.ts'
import { checkAccess } from './access-rules.ts'
import type { Finding, Keys, Report } from './finding.ts'
import { isRecord, listOf, podSpecsOf, recordOf, textOf, type Manifest, type PodSpec } from './manifests.ts'

/** Kinds some rule judges whatever pods they hold. */
const judgedKinds = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'Secret', 'Ingress', 'Service'])
const dangerousCapabilities = new Set(['ALL', 'SYS_ADMIN', 'NET_ADMIN', 'SYS_PTRACE', 'SYS_MODULE', 'DAC_READ_SEARCH', 'BPF', 'SYS_RAWIO'])

/** Whether any rule is about an object like this. */
export function isJudged (manifest: Manifest): boolean {
  return judgedKinds.has(manifest.kind) || podSpecsOf(manifest).length > 0
}

/** What is wrong with one Kubernetes object. It is named behind, in words no search for secrets takes for a name and its value. */
export function checkManifest (manifest: Manifest): Finding[] {
  const findings: Finding[] = []
  const report: Report = (rule, severity, keys, what, fix) => {
    findings.push({ rule, severity, path: manifest.path, line: manifest.lineOf(keys), what: `${what} (${manifest.kind} ${manifest.name})`, fix })
  }
  for (const pod of podSpecsOf(manifest)) checkPod(manifest, pod, report)
  checkAccess(manifest, report)
  checkSecretObject(manifest, report)
  checkIngress(manifest, report)
  checkService(manifest, report)
  return findings
}

function checkPod (manifest: Manifest, { spec, keys }: PodSpec, report: Report): void {
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) {
    if (isOn(spec[field])) report('k8s-host-namespace', 'high', [...keys, field], `shares the node's ${field.slice(4).toLowerCase()} namespace`, `Remove ${field}`)
  }
  for (const [index, volume] of listOf(spec.volumes).entries()) {
    if (!isRecord(volume.hostPath)) continue
    const path = textOf(volume.hostPath.path)
    const socket = runtimeSocket.test(path)
    report(socket ? 'k8s-runtime-socket' : 'k8s-host-path', socket ? 'critical' : 'high', [...keys, 'volumes', index, 'hostPath'],
      `mounts ${path || 'a path'} of the node`, 'Use a PersistentVolumeClaim, ConfigMap or emptyDir')
  }
  const once = manifest.kind === 'Job' || manifest.kind === 'CronJob'
  for (const group of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const [index, container] of listOf(spec[group]).entries()) {
      checkContainer(container, { keys: [...keys, group, index], pod: recordOf(spec.securityContext), serves: group === 'containers' && !once, passing: group === 'ephemeralContainers', report })
    }
  }
}

/** `passing`: put into a running pod, where it can have neither resources nor probes. */
interface Surroundings { keys: Keys, pod: Record<string, unknown>, serves: boolean, passing: boolean, report: Report }

function checkContainer (container: Record<string, unknown>, { keys, pod, serves, passing, report }: Surroundings): void {
  const name = textOf(container.name) || 'container'
  const own = recordOf(container.securityContext)
  const at = (...rest: Keys): Keys => [...keys, ...rest]

  if (isOn(own.privileged)) report('k8s-privileged', 'critical', at('securityContext', 'privileged'), `${name} is privileged: root on the node`, 'Remove privileged; add the one capability it needs')
  if (isOn(recordOf(own.windowsOptions ?? pod.windowsOptions).hostProcess)) report('k8s-host-process', 'critical', at('securityContext', 'windowsOptions'), `${name} is a process of the node, with all its rights`, 'Remove windowsOptions.hostProcess')
  if (own.allowPrivilegeEscalation === undefined || isOn(own.allowPrivilegeEscalation)) report('k8s-privilege-escalation', 'medium', at('securityContext', 'allowPrivilegeEscalation'), `${name} may gain privileges`, 'Set securityContext.allowPrivilegeEscalation: false')
  const user = own.runAsUser ?? pod.runAsUser
  const nonRoot = own.runAsNonRoot ?? pod.runAsNonRoot
  const isOther = user !== undefined && user !== null && !isZero(user)
  if (isZero(user) || (!isOther && nonRoot !== undefined && !isOn(nonRoot))) report('k8s-runs-as-root', 'high', at('securityContext', 'runAsUser'), `${name} runs as root`, 'Set runAsNonRoot: true and a runAsUser other than 0')
  else if (!isOther && !isOn(nonRoot)) report('k8s-may-run-as-root', 'medium', at('securityContext'), `nothing keeps ${name} from running as root`, 'Set runAsNonRoot: true, or a runAsUser other than 0')
  if (!isOn(own.readOnlyRootFilesystem)) report('k8s-writable-root', 'low', at('securityContext', 'readOnlyRootFilesystem'), `${name} can write to its root file system`, 'Set readOnlyRootFilesystem: true and mount what it writes to')
  const seccomp = textOf(recordOf(own.seccompProfile ?? pod.seccompProfile).type)
  if (seccomp === '' || seccomp === 'Unconfined') report('k8s-no-seccomp', 'low', at('securityContext', 'seccompProfile'), `${name} runs without a seccomp profile`, 'Set seccompProfile.type: RuntimeDefault')

  const capabilities = recordOf(own.capabilities)
  const added = Array.isArray(capabilities.add) ? capabilities.add.map(String) : []
  for (const capability of added) {
    const dangerous = isDangerousCapability(capability)
    if (dangerous || capability !== 'NET_BIND_SERVICE') report('k8s-capability-added', dangerous ? 'high' : 'medium', at('securityContext', 'capabilities', 'add'), `${name} is given ${capability}`, 'Add only what it cannot do without')
  }
  if (!Array.isArray(capabilities.drop) || !capabilities.drop.includes('ALL')) report('k8s-capabilities-kept', 'low', at('securityContext', 'capabilities'), `${name} keeps the default capabilities`, 'Set capabilities.drop: [ALL]')

  const image = textOf(container.image)
  if (image !== '' && isFloating(image)) report('k8s-image-floating', 'medium', at('image'), `${name} runs ${image}, which may be another image tomorrow`, 'Name an exact version or a digest')
  const resources = recordOf(container.resources)
  if (!passing && recordOf(resources.limits).memory === undefined) report('k8s-no-limits', 'medium', at('resources'), `${name} has no memory limit and can take the whole node's`, 'Set resources.limits.memory')
  if (!passing && (recordOf(resources.requests).cpu === undefined || recordOf(resources.requests).memory === undefined)) report('k8s-no-requests', 'low', at('resources'), `${name} has no CPU and memory requests`, 'Set resources.requests')
  if (serves && !isRecord(container.livenessProbe) && !isRecord(container.startupProbe)) report('k8s-no-liveness', 'low', keys, `${name} has no liveness probe`, 'Add a livenessProbe')
  if (serves && Array.isArray(container.ports) && !isRecord(container.readinessProbe)) report('k8s-no-readiness', 'low', keys, `${name} is sent traffic before it is ready: no readiness probe`, 'Add a readinessProbe')
  for (const [index, port] of listOf(container.ports).entries()) {
    if (port.hostPort !== undefined) report('k8s-host-port', 'medium', at('ports', index, 'hostPort'), `${name} opens a port of the node`, 'Use a Service')
  }
  for (const [index, variable] of listOf(container.env).entries()) {
    const variableName = textOf(variable.name)
    if (isSecretField(variableName, textOf(variable.value))) report('k8s-secret-in-env', 'high', at('env', index, 'value'), `${name} has the value of ${variableName} in clear (not shown)`, 'Use valueFrom.secretKeyRef, and change the value: it is in the history')
  }
}

function checkSecretObject ({ kind, value }: Manifest, report: Report): void {
  if (kind !== 'Secret' || textOf(value.type) === 'kubernetes.io/service-account-token') return
  for (const field of ['stringData', 'data']) {
    for (const key of Object.keys(recordOf(value[field]))) {
      if (textOf(recordOf(value[field])[key]) !== '') report('k8s-secret-in-git', 'high', [field, key], `holds the value of ${key} (not shown) in the repository`, 'Use a sealed or external secret, and change the value: it is in the history')
    }
  }
}

function checkIngress ({ kind, value }: Manifest, report: Report): void {
  if (kind !== 'Ingress') return
  const tls = recordOf(value.spec).tls
  if (!Array.isArray(tls) || tls.length === 0) report('k8s-ingress-no-tls', 'medium', ['spec'], 'serves without TLS', 'Add spec.tls')
}

function checkService ({ kind, value }: Manifest, report: Report): void {
  const addresses = recordOf(value.spec).externalIPs
  if (kind === 'Service' && Array.isArray(addresses) && addresses.length > 0) report('k8s-external-ips', 'high', ['spec', 'externalIPs'], 'takes traffic for addresses it names itself, which may be another\'s', 'Remove externalIPs; use a LoadBalancer or an Ingress')
}

/** `latest-alpine` moves as well as `latest`; `main-1a2b3c` may be one commit. */
const moving = /^(?:(?:latest|stable|lts|current|mainline)(?:-[a-z]+[\d.]*)*|main|master|edge|nightly|dev|canary)$/i

export function isDangerousCapability (name: string): boolean {
  return dangerousCapabilities.has(name.toUpperCase().replace(/^CAP_/, ''))
}

/** No tag, `latest`, or a name that moves by custom; a digest never moves. */
export function isFloating (image: string): boolean {
  if (image.includes('@sha256:')) return false
  const tag = /:([^/:]+)$/.exec(image)?.[1]
  return tag === undefined || moving.test(tag)
}
