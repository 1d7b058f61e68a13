import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { checkCompose, composeOf } from './compose-rules.ts'
import { checkCredentials } from './credential-rules.ts'
import { checkDockerfile, isDockerfile } from './dockerfile-rules.ts'
import { amount, cell, countBySeverity, severities, sortFindings, table, type Finding } from './finding.ts'
import { checkManifest, isJudged } from './kubernetes-rules.ts'
import { Folder, readManifests, readTexts, sizeLimit, type Manifest, type WorkspaceText } from './manifests.ts'
import { checkWorkflow, isWorkflow } from './workflow-rules.ts'

const shownLimit = 300
const lookedFor = [
  'Judged by these rules, not by others:', '',
  '- Kubernetes: namespaces, folders, ports and sockets of the node, privileges, users and capabilities of containers, seccomp, writable root file systems, images that move, limits, requests and probes, secrets in clear, wide roles and bindings, Ingresses without TLS, external addresses of Services.',
  '- Dockerfiles: images that move, the user of the last stage, scripts run straight from the network, ADD of URLs, files everybody may write, SSH, secrets in ENV and ARG.',
  '- Compose files: privileged services, namespaces, folders, sockets and devices of the machine, capabilities, profiles taken off, images that move.',
  '- GitHub workflows: permissions, actions and workflows that are not pinned, words of others in scripts, code of pull requests checked out under pull_request_target.',
  '- Every text: credentials in clear.'
].join('\n')

export function inspectMisconfigurations (repository: Repository) {
  return defineRead({
    name: 'inspect_misconfigurations',
    description: 'Scan Kubernetes manifests, Dockerfiles, Compose files, GitHub workflows and plain text of the workspace for misconfigurations; answers file:line, what is wrong and the fix.',
    input: Type.Object({ folder: Type.Optional(Folder) }, { additionalProperties: false }),
    async run ({ folder }) {
      const commit = await repository.head()
      const { entries, texts } = await readTexts(repository, folder)
      const { manifests, unreadable } = readManifests(texts)
      const dockerfiles = [...texts].filter(([path]) => isDockerfile(path))
      const workflows = [...texts].filter(([path]) => isWorkflow(path))
      const composed = [...texts].flatMap(([path, text]) => {
        const compose = composeOf(path, text)
        return compose ? [{ path, compose }] : []
      })
      const findings = sortFindings(withoutRepeats([
        ...manifests.flatMap(checkManifest),
        ...dockerfiles.flatMap(([path, text]) => checkDockerfile(path, text)),
        ...composed.flatMap(({ path, compose }) => checkCompose(path, compose)),
        ...workflows.flatMap(([path, text]) => checkWorkflow(path, text)),
        ...[...texts].flatMap(([path, text]) => checkCredentials(path, text))
      ]))
      const counts = countBySeverity(findings)
      const scope = `${amount(manifests.length, 'manifest')}, ${amount(dockerfiles.length, 'Dockerfile')}, ${amount(composed.length, 'Compose file')}, ${amount(workflows.length, 'workflow')}, ${amount(texts.size, 'text file')}${folder ? ` of ${folder}` : ''} at commit ${commit.slice(0, 12)}`
      return {
        summary: `${amount(findings.length, 'finding')} (${severities.map((severity) => `${counts[severity]} ${severity}`).join(', ')}) in ${scope}`,
        text: reportOf(findings, scope, unreadable, [...unreadOf(entries, texts), ...unjudgedOf(manifests)]),
        facts: { total: findings.length, ...counts, files: texts.size, manifests: manifests.length, findings: findings.slice(0, shownLimit), scope }
      }
    }
  })
}

/** A value that a rule names already is not named a second time by the search for plain credentials. */
function withoutRepeats (findings: readonly Finding[]): Finding[] {
  const named = new Set(findings.filter(({ rule }) => rule.includes('secret')).map(({ path, line }) => `${path}:${line}`))
  return findings.filter(({ rule, path, line }) => rule !== 'plaintext-credential' || !named.has(`${path}:${line}`))
}

/** Files whose text nobody looked at, by count and kind. */
function unreadOf (entries: WorkspaceText['entries'], texts: WorkspaceText['texts']): string[] {
  const unread = entries.filter(({ path }) => !texts.has(path))
  const large = unread.filter(({ size }) => size > sizeLimit)
  return [
    ...(large.length > 0 ? [`${amount(large.length, 'file')} of more than ${sizeLimit / 1_024} KB: ${large.slice(0, 10).map(({ path }) => path).join(', ')}`] : []),
    ...(unread.length > large.length ? [`${amount(unread.length - large.length, 'file')} without text, or beyond what is read at once`] : [])
  ]
}

/** Objects no rule is about: nothing was found in them because nothing was looked for but credentials. */
function unjudgedOf (manifests: readonly Manifest[]): string[] {
  const kinds = Object.entries(Object.groupBy(manifests.filter((manifest) => !isJudged(manifest)), ({ kind }) => kind)).map(([kind, each]) => `${each!.length} ${kind}`).sort()
  return kinds.length === 0 ? [] : [`Objects of kinds no rule is about, searched for credentials only: ${kinds.slice(0, 40).join(', ')}${kinds.length > 40 ? ` and ${kinds.length - 40} kinds more` : ''}`]
}

function reportOf (findings: readonly Finding[], scope: string, unreadable: ReadonlyArray<{ path: string, line: number, reason: string }>, passed: readonly string[]): string {
  const shown = findings.slice(0, shownLimit)
  return [
    '# Misconfiguration scan', '',
    `Looked at ${scope}.`, '',
    shown.length === 0
      ? 'No misconfiguration was found.'
      : table(['Severity', 'Where', 'What', 'Fix', 'Rule'], shown.map(({ severity, path, line, what, fix, rule }) => [severity, `${cell(path)}:${line}`, cell(what), cell(fix), rule])),
    ...(findings.length > shown.length ? ['', `${findings.length - shown.length} more are not shown; scan one folder at a time.`] : []),
    ...(unreadable.length + passed.length > 0 ? ['', '## Not looked at'] : []),
    ...(passed.length > 0 ? ['', ...passed.map((line) => `- ${cell(line)}`)] : []),
    ...(unreadable.length > 0 ? ['', `${amount(unreadable.length, 'file')} that cannot be read as YAML or JSON (templates of Helm or Liquid, or broken), searched for credentials only${unreadable.length > 50 ? '; the first 50' : ''}:`, '', ...unreadable.slice(0, 50).map(({ path, line, reason }) => `- ${cell(path)}:${line}: ${cell(reason)}`)] : []),
    '', lookedFor, '', 'The scan judges what the files say. It does not look up known vulnerabilities of packages or images, and it does not see what runs.'
  ].join('\n')
}
