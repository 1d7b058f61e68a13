import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { checkCredentials, checkDockerfile, checkWorkflow, isDockerfile, isWorkflow } from './file-rules.ts'
import { amount, cell, countBySeverity, severities, sortFindings, table, type Finding } from './finding.ts'
import { checkManifest } from './kubernetes-rules.ts'
import { Folder, readManifests, readTexts } from './manifests.ts'

const shownLimit = 300

export function inspectMisconfigurations (repository: Repository) {
  return defineRead({
    name: 'inspect_misconfigurations',
    description: 'Scan Kubernetes manifests, Dockerfiles, GitHub workflows and plain text of the workspace for misconfigurations; answers file:line, what is wrong and the fix.',
    input: Type.Object({ folder: Type.Optional(Folder) }, { additionalProperties: false }),
    async run ({ folder }) {
      const commit = await repository.head()
      const { texts } = await readTexts(repository, folder)
      const { manifests, unreadable } = readManifests(texts)
      const dockerfiles = [...texts].filter(([path]) => isDockerfile(path))
      const workflows = [...texts].filter(([path]) => isWorkflow(path))
      const findings = sortFindings(withoutRepeats([
        ...manifests.flatMap(checkManifest),
        ...dockerfiles.flatMap(([path, text]) => checkDockerfile(path, text)),
        ...workflows.flatMap(([path, text]) => checkWorkflow(path, text)),
        ...[...texts].flatMap(([path, text]) => checkCredentials(path, text))
      ]))
      const counts = countBySeverity(findings)
      const scope = `${amount(manifests.length, 'manifest')}, ${amount(dockerfiles.length, 'Dockerfile')}, ${amount(workflows.length, 'workflow')}, ${amount(texts.size, 'text file')}${folder ? ` of ${folder}` : ''} at commit ${commit.slice(0, 12)}`
      return {
        summary: `${amount(findings.length, 'finding')} (${severities.map((severity) => `${counts[severity]} ${severity}`).join(', ')}) in ${scope}`,
        text: reportOf(findings, scope, unreadable),
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

function reportOf (findings: readonly Finding[], scope: string, unreadable: ReadonlyArray<{ path: string, line: number, reason: string }>): string {
  const shown = findings.slice(0, shownLimit)
  return [
    '# Misconfiguration scan', '',
    `Looked at ${scope}.`, '',
    shown.length === 0
      ? 'No misconfiguration was found.'
      : table(['Severity', 'Where', 'What', 'Fix', 'Rule'], shown.map(({ severity, path, line, what, fix, rule }) => [severity, `${cell(path)}:${line}`, cell(what), cell(fix), rule])),
    ...(findings.length > shown.length ? ['', `${findings.length - shown.length} more are not shown; scan one folder at a time.`] : []),
    ...(unreadable.length > 0 ? ['', '## Not looked at', '', 'These are no YAML (templates of Helm or Liquid, or broken):', '', ...unreadable.slice(0, 50).map(({ path, line, reason }) => `- ${cell(path)}:${line}: ${cell(reason)}`)] : []),
    '', 'The scan judges what the files say. It does not look up known vulnerabilities of packages or images, and it does not see what runs.'
  ].join('\n')
}
