import type { SecretFound } from './found.ts'
import { isDrawnValue, isPlaceholder } from './not-a-secret.ts'

const kind = 'Secret value'
/** A command that makes a Secret, with the lines it goes on over. */
const command = /create[ \t]{1,4}secret[ \t](?:[^\n\\]|\\\n|\\){0,4000}/g
/** What stands beside a secret and says whose it is, or where, is none. */
const literal = /--from-literal(?:=|[ \t]{1,4})(["']?)(?!(?:[\w.-]{0,60}[_.-])?(?:user(?:_?name)?|login|email|host|port|db(?:_?name)?|database|region|endpoint|url)=)[\w.-]{1,200}=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"'\\]+))/gd
/** What writes to a keeper of secrets, and the names and values it is given. What `vault write` is given may be settings, so it has to be drawn by chance. */
const keeping = /(?<![\w-])(?:vault[ \t]{1,4}(?:kv[ \t]{1,4}(?:put|patch)|(write))|(?:doppler|fly(?:ctl)?|infisical)[ \t]{1,4}secrets[ \t]{1,4}set|op[ \t]{1,4}item[ \t]{1,4}(?:create|edit))[ \t](?:[^\n\\|;&]|\\\n|\\){0,4000}/gd
const kept = /(?<=\s)(["']?)(?!(?:[\w.-]{0,60}[_.-])?(?:user(?:_?name)?|login|email|host|port|db(?:_?name)?|database|region|endpoint|url)=)\w[\w.-]{0,199}(?:\[\w{1,20}\])?=(?!@)(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"'\\]+))/gd
/** A Secret of Terraform. */
const resource = /"?kubernetes_secret(?:_v1)?(?:_data)?"?(?:[ \t]{1,8}"[^"\n]{1,200}")?[ \t]{0,8}\{/g
const dataField = /(?<![\w-])(?:binary_)?data[ \t]{0,8}=[ \t]{0,8}\{([^}]{0,8000})/d
const entry = /=[ \t]{0,8}"((?:[^"\\\n]|\\.){1,4000})"/gd
/** A password of Terraform's, in its state. */
const drawnOne = /"random_password"/g
const result = /"result"[ \t]{0,8}:[ \t]{0,8}"((?:[^"\\\n]|\\.){1,400})"|"type"[ \t]{0,8}:/d
/** How far from where it begins its data may stand, in characters. */
const reach = 4_000

/** Values of Kubernetes Secrets that are made by a command or declared in HCL. */
export function findDeclared (text: string): SecretFound[] {
  const found: SecretFound[] = []
  const add = (from: number, to: number) => { if (to > from && !isPlaceholder(text.slice(from, to))) found.push({ kind, index: from, length: to - from, certain: true }) }
  if (text.includes('--from-literal')) {
    for (const { index, 0: whole } of text.matchAll(command)) {
      for (const { indices } of whole.matchAll(literal)) {
        const [from, to] = indices![2] ?? indices![3] ?? indices![4]!
        add(index + from, index + to)
      }
    }
  }
  if (/vault|secrets|item/.test(text)) {
    for (const { index, 0: whole, 1: mayBeSettings } of text.matchAll(keeping)) {
      for (const { indices } of whole.matchAll(kept)) {
        const [from, to] = indices![2] ?? indices![3] ?? indices![4]!
        if (mayBeSettings === undefined || isDrawnValue(whole.slice(from, to))) add(index + from, index + to)
      }
    }
  }
  if (text.includes('kubernetes_secret')) {
    for (const { index, 0: head } of text.matchAll(resource)) {
      const from = index + head.length
      const data = dataField.exec(text.slice(from, from + reach))
      const inner = data?.indices?.[1]
      if (!inner) continue
      for (const { indices } of data[1]!.matchAll(entry)) add(from + inner[0] + indices![1]![0], from + inner[0] + indices![1]![1])
    }
  }
  for (const { index, 0: type } of text.matchAll(drawnOne)) {
    const from = index + type.length
    const inner = result.exec(text.slice(from, from + reach))?.indices?.[1]
    if (inner) add(from + inner[0], from + inner[1])
  }
  return found
}
