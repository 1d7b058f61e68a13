import { isObject, unescaped, valuesIn, type ObjectLike } from './documents.ts'
import { isPowerfulField, isZero, runtimeSocket } from './fields.ts'
import { isFarReaching } from './kinds.ts'

/** Said in a command, a script or a setting, these give power whatever the language. */
const words = /cluster[-_]?admin|--privileged|--cap-add|--(?:pid|net|network|ipc|uts|userns)[= ]host|pull_request_target|permissions:\s*write-all|\bnsenter\b|system:(?:masters|anonymous|unauthenticated)|(?:^|[\s"'=])\/(?:etc|proc|sys|root|boot|dev|run|var\/run)?:\/\w/im
/** Where nothing can be read by its structure, names alone are enough. */
const names = /privileged|allow_?privilege_?escalation|host_?(?:path|network|pid|ipc|port|process)|cap_?add|\b(?:SYS_ADMIN|NET_ADMIN|SYS_PTRACE|SYS_MODULE)\b|unconfined|proc_?mount|run_?as_?user|cluster_?role|webhook_?configuration|custom_?resource_?definition/i
const remote = /:\/\/|^git@|^[\w-]+(?:\.[\w-]+)+\/.*\/\/|[?&]ref=/
/** How many texts within texts are read. */
const deepest = 3

/**
 * Whether something of this value, however deep, gives power beyond its own place: a field, an object of a far-reaching kind, a patch that sets such a field, a text
 * with a manifest or a command in it.
 */
export function isPowerful (value: unknown, depth = 0): boolean {
  const seen = new Set<object>()
  const stack: unknown[] = [value]
  while (stack.length > 0) {
    const next = stack.pop()
    if (typeof next === 'string') {
      if (isPowerfulString(next, depth)) return true
    } else if (next !== null && typeof next === 'object' && !seen.has(next)) {
      seen.add(next)
      if (!Array.isArray(next)) {
        if (isPowerfulRecord(next as Record<string, unknown>)) return true
        stack.push(patchedBy(next as Record<string, unknown>))
      }
      for (const inner of Object.values(next)) stack.push(inner)
    }
  }
  return false
}

/** The same of the text of a file, or of one within it: by its structure where it can be read as YAML or JSON, by the names in it where it cannot. */
export function isPowerfulText (text: string, depth = 0): boolean {
  const values = valuesIn(text)
  if (values?.some((value) => isPowerful(value, depth) || stopsEverything(value))) return true
  if (values?.every((value) => typeof value !== 'string')) return false
  return saysPower(text) || names.test(unescaped(text))
}

/** Whether it has a workload run nothing. */
export function stopsEverything (value: unknown): boolean {
  if (!isObject(value)) return false
  const { spec, items } = value
  return (spec !== null && typeof spec === 'object' && 'replicas' in spec && isZero(spec.replicas)) || (Array.isArray(items) && items.some(stopsEverything))
}

function isPowerfulRecord (record: Record<string, unknown>): boolean {
  return Object.entries(record).some(([name, value]) => isPowerfulField(name, value)) || (isObject(record) && (isFarReaching(record.apiVersion, record.kind) || isPowerfulObject(record)))
}

function isPowerfulObject ({ kind, metadata, ...content }: ObjectLike): boolean {
  if (metadata !== null && typeof metadata === 'object' && 'namespace' in metadata && /^kube-/.test(String(metadata.namespace))) return true
  if (kind === 'Secret') return content['type'] === 'kubernetes.io/service-account-token'
  if (kind !== 'Kustomization' && kind !== 'Component') return false
  return ['resources', 'bases', 'components', 'crds'].some((field) => Array.isArray(content[field]) && content[field].some((each) => typeof each === 'string' && remote.test(each)))
}

/** What a step of a JSON patch would make, where this is one: a path leads to its value. */
function patchedBy ({ op, path, value }: Record<string, unknown>): unknown {
  if (typeof op !== 'string' || typeof path !== 'string') return undefined
  return path.split('/').reduceRight<unknown>((inner, part) => ({ [part.replaceAll('~1', '/').replaceAll('~0', '~')]: inner }), value)
}

function isPowerfulString (text: string, depth: number): boolean {
  return saysPower(text) || (depth < deepest && /[\n{[]/.test(text) && text.includes(':') && isPowerfulText(text, depth + 1))
}

function saysPower (text: string): boolean {
  return words.test(text) || runtimeSocket.test(text)
}
