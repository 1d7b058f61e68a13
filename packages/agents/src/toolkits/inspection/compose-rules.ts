import { readYaml } from '../yaml-documents.ts'
import type { Finding, Keys, Severity } from './finding.ts'
import { isOn, runtimeSocket } from '../risk/fields.ts'
import { isDangerousCapability, isFloating } from './kubernetes-rules.ts'
import { isRecord, isYaml, textOf } from './manifests.ts'

/** Memory and ports of the machine itself, and its disks. */
const ofMemory = /^\/dev\/(?:k?mem|port)$/
const ofDisk = /^\/dev(?:\/(?:sd[a-z]|hd[a-z]|vd[a-z]|xvd[a-z]|nvme\d|mmcblk\d|dm-\d|mapper|disk)[\w/-]*|\/?)$/
/** Variables within the defaults of variables. */
const deepestDefault = 3

type Services = Array<[name: string, service: Record<string, unknown>]>

interface Composed { services: Services, lineOf: (keys: Keys) => number }

/** Folders of a machine whoever writes to takes it over, and the whole of it. */
const ofTheMachine = /^\/(?:etc|proc|sys|root|boot|dev|run|usr|bin|sbin|lib|var\/run|var\/lib\/(?:docker|kubelet))?(?:\/|$)/

/** The services of a Compose file, known by its shape, whatever it is called; undefined where it is none. */
export function composeOf (path: string, text: string): Composed | undefined {
  if (!isYaml(path) || !text.includes('services')) return undefined
  const { documents: [document] } = readYaml(text)
  if (!document || !isRecord(document.value) || document.value.kind !== undefined || !isRecord(document.value.services)) return undefined
  const services = Object.entries(document.value.services).filter((entry): entry is Services[number] => isRecord(entry[1]))
  return services.some(([, { image, build, extends: base }]) => [image, build, base].some((each) => each !== undefined)) ? { services, lineOf: document.lineOf } : undefined
}

/** What is wrong with the services of one Compose file. */
export function checkCompose (path: string, { services, lineOf }: Composed): Finding[] {
  return services.flatMap(([name, service]) => {
    const findings: Finding[] = []
    const report = (rule: string, severity: Severity, field: Keys, what: string, fix: string) => {
      findings.push({ rule, severity, path, line: lineOf(['services', name, ...field]), what: `${what} (service ${name})`, fix })
    }
    const privileged = typeof service.privileged === 'string' ? withDefaults(service.privileged) : service.privileged
    if (isOn(privileged) && !String(privileged).includes('$')) report('compose-privileged', 'critical', ['privileged'], 'is privileged, which is root on the machine', 'Remove privileged; add the one capability it needs')
    for (const field of ['network_mode', 'pid', 'ipc', 'uts', 'userns_mode']) {
      if (withDefaults(service[field]) === 'host') report('compose-host-namespace', 'high', [field], `shares the machine's ${field.replace('_mode', '')} namespace`, `Remove ${field}`)
    }
    for (const [index, volume] of listed(service.volumes).entries()) {
      const source = sourceOf(volume)
      if (runtimeSocket.test(source)) report('compose-runtime-socket', 'critical', ['volumes', index], `mounts ${source}, by which it is root on the machine`, 'Remove it, or put a proxy before it that lets through what is needed')
      else if (ofTheMachine.test(source)) report('compose-host-path', 'high', ['volumes', index], `mounts ${source} of the machine`, 'Use a named volume, or a folder of its own')
    }
    for (const [index, device] of listed(service.devices).entries()) {
      const source = sourceOf(device)
      if (ofMemory.test(source)) report('compose-device', 'critical', ['devices', index], `is given ${source}, by which it is root on the machine`, 'Remove it')
      else if (ofDisk.test(source)) report('compose-device', 'high', ['devices', index], `is given ${source} of the machine`, 'Use a named volume, or the one device it needs')
    }
    for (const capability of listed(service.cap_add).map((each) => textOf(each))) {
      if (isDangerousCapability(capability)) report('compose-capability-added', 'high', ['cap_add'], `is given ${capability}`, 'Add only what it cannot do without')
    }
    if (listed(service.security_opt).some((each) => /unconfined|disable/i.test(textOf(each)))) report('compose-unconfined', 'high', ['security_opt'], 'runs without a profile that confines it', 'Remove it from security_opt')
    const image = withDefaults(service.image)
    if (image !== '' && !image.includes('$') && isFloating(image)) report('compose-image-floating', 'medium', ['image'], `runs ${image}, which may be another image tomorrow`, 'Name an exact version or a digest')
    return findings
  })
}

/** What stands before the colon, or in a field of its own. */
function sourceOf (mount: unknown): string {
  return isRecord(mount) ? withDefaults(mount.source) : withDefaults(mount).split(':')[0]!
}

/** With each variable as what it is when nobody sets it: `${SOCK:-/run/docker.sock}`. */
function withDefaults (value: unknown): string {
  let text = textOf(value)
  for (let depth = 0; depth < deepestDefault; depth++) text = text.replaceAll(/\$\{\w{1,100}:?-([^${}]*)\}/g, '$1')
  return text
}

function listed (value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
