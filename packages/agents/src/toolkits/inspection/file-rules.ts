import { findCertainSecrets, findSecrets, isSecretFile } from '@cortex/secrets'
import { readYaml } from '../yaml-documents.ts'
import type { Finding, Severity } from './finding.ts'
import { isFloating } from './kubernetes-rules.ts'
import { isRecord, recordOf, textOf } from './manifests.ts'

export function isDockerfile (path: string): boolean {
  return /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[\w-]+)?$/.test(path) || /\.dockerfile$/i.test(path)
}

export function isWorkflow (path: string): boolean {
  return /^(?:.*\/)?\.github\/workflows\/[^/]+\.ya?ml$/.test(path)
}

interface Instruction { line: number, name: string, value: string }

/** Instructions with their continuation lines joined, at the line where each begins. */
export function parseDockerfile (text: string): Instruction[] {
  const instructions: Instruction[] = []
  let open: Instruction | undefined
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const part = line.replace(/\\$/, '').trim()
    if (open) open.value += ` ${part}`
    else {
      const [name = '', ...rest] = part.split(/\s+/)
      open = { line: index + 1, name: name.toUpperCase(), value: rest.join(' ') }
      instructions.push(open)
    }
    if (!line.endsWith('\\')) open = undefined
  }
  return instructions
}

export function checkDockerfile (path: string, text: string): Finding[] {
  const findings: Finding[] = []
  const report = (rule: string, severity: Severity, line: number, what: string, fix: string) => findings.push({ rule, severity, path, line, what, fix })
  const stages = new Set<string>()
  let user: Instruction | undefined
  let from: Instruction | undefined
  for (const instruction of parseDockerfile(text)) {
    const { name, value, line } = instruction
    if (name === 'FROM') {
      const words = value.split(' ').filter((word) => !word.startsWith('--'))
      const image = words[0] ?? ''
      if (image !== 'scratch' && !image.includes('$') && !stages.has(image.toLowerCase()) && isFloating(image)) report('docker-image-floating', 'medium', line, `is built on ${image}, which may be another image tomorrow`, 'Name an exact version or a digest')
      if (words[1]?.toUpperCase() === 'AS' && words[2]) stages.add(words[2].toLowerCase())
      from = instruction
      user = undefined
    }
    if (name === 'USER') user = instruction
    if (name === 'ADD' && /^(?:--\S+ )*https?:/.test(value)) report('docker-add-url', 'medium', line, 'ADD fetches a URL without checking what comes', 'Fetch with ADD --checksum=…, or copy a file that is in the repository')
    if (name === 'RUN' && pipesToShell(value)) report('docker-pipe-to-shell', 'medium', line, 'runs a script straight from the network', 'Download, check its digest, then run it')
    if (name === 'RUN' && /chmod\s+(?:-R\s+)?0?777\b/.test(value)) report('docker-world-writable', 'medium', line, 'makes files writable for everybody', 'Give them to the user that runs')
    if (name === 'EXPOSE' && /\b22\b/.test(value)) report('docker-ssh', 'medium', line, 'opens SSH', 'Use kubectl exec or docker exec')
    if ((name === 'ENV' || name === 'ARG') && /(?:password|passwd|secret|token|api_?key|private_?key)\w*[= ]\s*["']?[^\s"'$]{4,}/i.test(value)) report('docker-secret-in-image', 'high', line, `${name} puts a secret into the image (value not shown)`, 'Use RUN --mount=type=secret, or pass it when it runs')
  }
  if (from && from.value.split(' ')[0] !== 'scratch' && (!user || /^(?:root|0)(?::|$)/.test(user.value))) {
    report('docker-runs-as-root', 'high', user?.line ?? from.line, user ? 'runs as root' : 'has no USER, so it runs as root', 'Add USER with a user other than root in the last stage')
  }
  return findings
}

const untrusted = /\$\{\{[^}]*github\.(?:event\.(?:issue|pull_request|comment|review|discussion|head_commit|commits)[^}]*\.(?:title|body|message|ref|label|name|email)|head_ref)[^}]*\}\}/

export function checkWorkflow (path: string, text: string): Finding[] {
  const findings: Finding[] = []
  const [document] = readYaml(text).documents
  if (!document || !isRecord(document.value)) return findings
  const { value, lineOf } = document
  const report = (rule: string, severity: Severity, keys: ReadonlyArray<string | number>, what: string, fix: string) => findings.push({ rule, severity, path, line: lineOf(keys), what, fix })

  const jobs = Object.entries(recordOf(value.jobs))
  if (value.permissions === 'write-all') report('actions-write-all', 'high', ['permissions'], 'every job may write everything', 'Set permissions: {contents: read} and more only where needed')
  if (value.permissions === undefined && jobs.some(([, job]) => recordOf(job).permissions === undefined)) report('actions-no-permissions', 'medium', ['jobs'], 'jobs get the repository\'s default permissions, which may be to write', 'Set permissions: {contents: read} at the top')
  const outside = JSON.stringify(value.on ?? '').includes('pull_request_target')
  for (const [name, job] of jobs) {
    const keys = ['jobs', name]
    if (recordOf(job).permissions === 'write-all') report('actions-write-all', 'high', [...keys, 'permissions'], `job ${name} may write everything`, 'Name the permissions it needs')
    const steps = Array.isArray(recordOf(job).steps) ? recordOf(job).steps as unknown[] : []
    for (const [index, step] of steps.entries()) {
      const { uses, run, with: given } = recordOf(step)
      const action = textOf(uses)
      if (action !== '') checkAction(action, [...keys, 'steps', index, 'uses'], report)
      if (untrusted.test(textOf(run))) report('actions-injection', 'high', [...keys, 'steps', index, 'run'], 'puts words anybody can write into a shell command', 'Pass them as env and quote "$NAME"')
      if (outside && action.startsWith('actions/checkout@') && textOf(recordOf(given).ref).includes('pull_request')) report('actions-pwn-request', 'critical', [...keys, 'steps', index], 'checks out and trusts the code of any pull request, with secrets at hand', 'Use pull_request')
    }
  }
  return findings
}

function checkAction (action: string, keys: ReadonlyArray<string | number>, report: (rule: string, severity: Severity, keys: ReadonlyArray<string | number>, what: string, fix: string) => void): void {
  if (action.startsWith('./') || action.startsWith('docker://')) return
  const version = action.split('@')[1] ?? ''
  if (/^[0-9a-f]{40}$/.test(version)) return
  const branch = version === '' || /^(?:main|master|HEAD|dev|develop|latest)$/.test(version)
  const own = /^(?:actions|github)\//.test(action)
  report('actions-unpinned', branch ? 'high' : own ? 'low' : 'medium', keys, `${action} may be other code tomorrow`, 'Pin the full commit id, with the version in a comment')
}

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

/** Whether a shell runs what is fetched, in one of the commands. */
function pipesToShell (commands: string): boolean {
  return commands.split(/[;&]/).map((command) => command.split('|')).some((parts) => parts.some((part, index) => /curl|wget/.test(part) && /^\s*(?:sudo\s+)?(?:ba|z)?sh\b/.test(parts[index + 1] ?? '')))
}
