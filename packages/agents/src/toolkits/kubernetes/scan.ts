import { Type } from '@sinclair/typebox'
import { TaskFault } from '../../errors.ts'
import { defineRead, type ReadTool } from '../../toolkit.ts'
import { amount, cell, countBySeverity, severities, sortFindings, table, type Finding } from '../inspection/finding.ts'
import { checkManifest } from '../inspection/kubernetes-rules.ts'
import { listOf, recordOf, textOf } from '../inspection/manifests.ts'
import { namespaceInput, targetOf, type Access } from './access.ts'
import { pathOf, type Kind } from './kinds.ts'
import { checkNamespace } from './scope.ts'

/** What the rules judge. Pods, ReplicaSets and Jobs only where nothing else governs them. */
const scanned: ReadonlyArray<readonly [kind: string, apiVersion: string]> = [
  ['Deployment', 'apps/v1'], ['StatefulSet', 'apps/v1'], ['DaemonSet', 'apps/v1'], ['ReplicaSet', 'apps/v1'], ['CronJob', 'batch/v1'], ['Job', 'batch/v1'], ['Pod', 'v1'], ['PodTemplate', 'v1'], ['Service', 'v1'], ['Ingress', 'networking.k8s.io/v1'],
  ...['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'].map((kind) => [kind, 'rbac.authorization.k8s.io/v1'] as const)
]
const objectsLimit = 500
const shownLimit = 300

/** Judges what runs by the rules that manifests of the workspace are judged by. */
export function scanTool (access: Access): ReadTool {
  return defineRead({
    name: 'kubernetes_scan',
    description: 'Scan what runs in the cluster (workloads, roles and bindings, services, ingresses) for misconfigurations; answers the object, what is wrong and the fix. Without a namespace: all namespaces that may be read. No values of Secrets are read.',
    input: Type.Object({ namespace: Type.Optional(namespaceInput) }, { additionalProperties: false }),
    async run ({ namespace }, { signal }) {
      if (namespace !== undefined) checkNamespace(access.scope, namespace)
      const found = await Promise.all(scanned.map(async ([kind, apiVersion]) => scanKind(access, kind, apiVersion, namespace, signal)))
      const findings = sortFindings(found.flatMap((each) => each.findings))
      const objects = found.reduce((sum, each) => sum + each.objects, 0)
      const unseen = found.flatMap((each) => each.unseen)
      const counts = countBySeverity(findings)
      const among = namespace ?? (access.scope.namespaces === 'all' ? 'all namespaces' : access.scope.namespaces.join(', '))
      return {
        summary: `${amount(findings.length, 'finding')} (${severities.map((severity) => `${counts[severity]} ${severity}`).join(', ')}) in ${amount(objects, 'object')} of the cluster (${among})`,
        text: reportOf(findings, unseen),
        facts: { total: findings.length, ...counts, objects, findings: findings.slice(0, shownLimit), unseen }
      }
    }
  })
}

interface Scanned { objects: number, findings: Finding[], unseen: string[] }

/** What may not be seen, or is not there, is said and ends nothing. */
async function scanKind (access: Access, name: string, apiVersion: string, namespace: string | undefined, signal: AbortSignal): Promise<Scanned> {
  const sum: Scanned = { objects: 0, findings: [], unseen: [] }
  try {
    const kind = await access.kinds.find(name, apiVersion)
    if (!kind.namespaced && (namespace !== undefined || access.scope.clusterScoped === 'off')) return { ...sum, unseen: [`${name}: belongs to no namespace`] }
    for (const among of namespacesOf(access, kind, namespace)) {
      const list = recordOf(await access.cluster.json('GET', pathOf(kind, among), { query: { limit: objectsLimit }, signal }))
      const objects = listOf(list.items).filter(isJudged)
      sum.objects += objects.length
      sum.findings.push(...objects.flatMap((object) => judge(kind, object)))
      if (textOf(recordOf(list.metadata).continue) !== '') sum.unseen.push(`${name}: more than ${objectsLimit}${among === null ? '' : ` in ${among}`}; scan one namespace at a time`)
    }
    return sum
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof TaskFault) || error.retryable) throw error
    return { ...sum, unseen: [...sum.unseen, `${name}: ${error.message}`] }
  }
}

function namespacesOf ({ scope }: Access, { namespaced }: Kind, namespace: string | undefined): Array<string | null> {
  if (!namespaced) return [null]
  if (namespace !== undefined) return [namespace]
  return scope.namespaces === 'all' ? [null] : [...scope.namespaces]
}

/** What a workload governs is judged with it, and the roles every cluster comes with are not somebody's mistake. */
function isJudged ({ metadata }: Record<string, unknown>): boolean {
  const { ownerReferences, labels } = recordOf(metadata)
  return !listOf(ownerReferences).some(({ controller }) => controller === true) && recordOf(labels)['kubernetes.io/bootstrapping'] === undefined
}

function judge (kind: Kind, object: Record<string, unknown>): Finding[] {
  const { name, namespace } = recordOf(object.metadata)
  const path = targetOf({ kind, namespace: kind.namespaced ? textOf(namespace) : null, name: textOf(name) })
  return checkManifest({ path, kind: kind.kind, name: textOf(name), namespace: textOf(namespace), value: object, lineOf: () => 0 })
}

function reportOf (findings: readonly Finding[], unseen: readonly string[]): string {
  const shown = findings.slice(0, shownLimit)
  return [
    '# Misconfiguration scan of the cluster', '',
    shown.length === 0 ? 'No misconfiguration was found.' : table(['Severity', 'Where', 'What', 'Fix', 'Rule'], shown.map(({ severity, path, what, fix, rule }) => [severity, cell(path), cell(what), cell(fix), rule])),
    ...(findings.length > shown.length ? ['', `${findings.length - shown.length} more are not shown; scan one namespace at a time.`] : []),
    ...(unseen.length > 0 ? ['', '## Not looked at', '', ...unseen.map((line) => `- ${cell(line)}`)] : []),
    '', 'The scan judges what the objects say. It does not look up known vulnerabilities of images.'
  ].join('\n')
}
