import { findCertainSecrets, findSecrets, isSecretFile } from '@cortex/secrets'
import type { Finding } from './finding.ts'

const configuration = /\.(?:ya?ml|json|toml|ini|env|properties|conf|cfg|tf|tfvars|sh|js|ts|mjs|cjs|py|go|rb|php|java|cs)$|(?:^|\/)\.env[.\w-]*$/
const generated = /(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|go\.sum|Cargo\.lock|poetry\.lock|composer\.lock)$/

/** Credentials in clear. What was found is never repeated, only named. */
export function checkCredentials (path: string, text: string): Finding[] {
  if (generated.test(path)) return []
  const found = isSecretFile(path) ? findSecrets(text, path) : configuration.test(path) ? findSecrets(text) : findCertainSecrets(text)
  // What a Secret of Kubernetes holds is a finding of its manifest.
  return found.filter(({ kind }) => kind !== 'Secret value').map(({ kind, index }) => ({
    rule: 'plaintext-credential',
    severity: kind === 'password or token' || kind === 'secret in a file of its own' ? 'high' : 'critical',
    path,
    line: text.slice(0, index).split('\n').length,
    what: `holds what looks like a ${kind} (not shown)`,
    fix: 'Move it to a secret store, and change it: it is in the history'
  }))
}
