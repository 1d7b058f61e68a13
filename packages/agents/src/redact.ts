/** What stands in the place of a secret. A planned file that contains it is refused: it would overwrite the real value. */
export const redactionMark = '[redacted:'

const certain: ReadonlyArray<readonly [kind: string, pattern: RegExp]> = [
  ['private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g],
  ['AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b/g],
  ['GitLab token', /\bglpat-[A-Za-z0-9_-]{20,64}\b/g],
  ['Slack token', /\bxox[abprs]-[A-Za-z0-9-]{10,200}\b/g],
  ['Anthropic key', /\bsk-ant-[A-Za-z0-9_-]{20,200}\b/g],
  ['Stripe key', /\b[rs]k_live_[A-Za-z0-9]{16,128}\b/g],
  ['Google API key', /\bAIza[0-9A-Za-z_-]{35}\b/g],
  ['npm token', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['JSON web token', /\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,2000}/g]
]

const connectionPassword = /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@'"]{1,100}:)([^\s@/'"]{3,200})(@)/gi
const assignedSecret = /((?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret)["']?\s*[:=]\s*["']?)([^\s"'#,{}[\]$<>()]{8,500})/gi
/** Names of things, not values: `secretName: grafana-admin`, a reference, a placeholder. */
const notAValue = /^(?:\*+|x{3,}|changeme|example|placeholder|secretKeyRef|required|optional|true|false|null|undefined|string|process\.env.*)$/i

export interface SecretFound { kind: string, index: number, length: number }

/** Secrets whose form alone gives them away: tokens with a known prefix, private keys. */
export function findCertainSecrets (text: string): SecretFound[] {
  return certain.flatMap(([kind, pattern]) => [...text.matchAll(pattern)].map((match) => ({ kind, index: match.index, length: match[0].length })))
}

/** Certain secrets, and values that stand where a password or token stands. */
export function findSecrets (text: string): SecretFound[] {
  const found = findCertainSecrets(text)
  for (const match of text.matchAll(connectionPassword)) found.push({ kind: 'password in a URL', index: match.index + match[1]!.length, length: match[2]!.length })
  for (const match of text.matchAll(assignedSecret)) {
    const value = match[2]!
    if (notAValue.test(value)) continue
    found.push({ kind: 'password or token', index: match.index + match[1]!.length, length: value.length })
  }
  return found
}

/** The text with every secret replaced by its kind. */
export function redact (text: string): string {
  const found = findSecrets(text).sort((a, b) => a.index - b.index)
  let redacted = ''
  let at = 0
  for (const { kind, index, length } of found) {
    if (index < at) continue
    redacted += `${text.slice(at, index)}${redactionMark} ${kind}]`
    at = index + length
  }
  return redacted + text.slice(at)
}
