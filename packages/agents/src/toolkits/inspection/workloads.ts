import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { amount, cell, table } from './finding.ts'
import { listOf, podSpecOf, readManifests, readTexts, recordOf, textOf, type Manifest } from './manifests.ts'

const plainName = /^[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?$/
const plainLabel = /^[A-Za-z0-9]([\w./-]{0,200}[A-Za-z0-9])?$/

/** Workloads with the labels, ports and claims that other manifests (network policies, backups, dashboards) refer to. */
export function inspectWorkloads (repository: Repository) {
  return defineRead({
    name: 'inspect_workloads',
    description: 'List the Deployments, StatefulSets and DaemonSets of the workspace with their labels, ports, the volume claims there are, and the namespaces whose workloads network policies select already.',
    input: Type.Object({ own_policies: Type.Optional(Type.String({ maxLength: 400, description: 'A folder whose network policies do not count' })) }, { additionalProperties: false }),
    async run ({ own_policies: own }) {
      const { manifests } = readManifests((await readTexts(repository)).texts)
      const workloads = manifests.filter(({ kind, name }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind) && plainName.test(name)).flatMap((manifest) => {
        const labels = Object.entries(recordOf(recordOf(recordOf(manifest.value.spec).selector).matchLabels)).map(([key, value]) => ({ key, value: textOf(value) }))
        if (labels.length === 0 || !labels.every(({ key, value }) => plainLabel.test(key) && plainLabel.test(value))) return []
        const ports = listOf(podSpecOf(manifest)?.spec.containers).flatMap(({ ports: own }) => listOf(own)).map(({ containerPort, protocol }) => ({ port: Number(containerPort), protocol: textOf(protocol) === 'UDP' ? 'UDP' : 'TCP' }))
        return [{ kind: manifest.kind, name: manifest.name, namespace: namespaceOf(manifest.namespace), path: manifest.path, labels, ports: ports.filter(({ port }) => Number.isInteger(port)) }]
      })
      const claims = [
        ...manifests.filter(({ kind, name }) => kind === 'PersistentVolumeClaim' && plainName.test(name)).map(({ name, namespace }) => ({ name, namespace: namespaceOf(namespace) })),
        ...manifests.filter(({ kind, name }) => kind === 'StatefulSet' && plainName.test(name)).flatMap(({ name, namespace, value }) =>
          listOf(recordOf(value.spec).volumeClaimTemplates).map((template) => ({ name: `${textOf(recordOf(template.metadata).name)}-${name}-0`, namespace: namespaceOf(namespace) })))
      ].filter(({ name }) => plainName.test(name))
      const namespaces = namespacesOf(workloads)
      const policies = manifests.filter(({ kind, path }) => kind === 'NetworkPolicy' && (own === undefined || !path.startsWith(`${own}/`)))
      const guarded = namespacesOf(workloads.filter((workload) => policies.some((policy) => selects(policy, workload))))
      const unguarded = workloads.filter(({ namespace }) => !guarded.includes(namespace))
      return {
        summary: `found ${amount(workloads.length, 'workload')} in ${amount(namespaces.length, 'namespace')} and ${amount(claims.length, 'volume claim')}${guarded.length > 0 ? `; network policies already select workloads in ${guarded.join(', ')}` : ''}`,
        text: workloads.length === 0 ? 'No workload.' : table(['Workload', 'Namespace', 'Ports', 'File'], workloads.map((each) => [cell(`${each.kind} ${each.name}`), cell(each.namespace), each.ports.map(({ port }) => port).join(', '), cell(each.path)])),
        facts: { workloads, claims, namespaces, guarded, unguarded, open_namespaces: namespacesOf(unguarded), claim_namespaces: namespacesOf(claims) }
      }
    }
  })
}

function namespaceOf (namespace: string): string {
  return plainName.test(namespace) ? namespace : 'default'
}

function namespacesOf (objects: ReadonlyArray<{ namespace: string }>): string[] {
  return [...new Set(objects.map(({ namespace }) => namespace))].sort()
}

interface Labelled { namespace: string, labels: ReadonlyArray<{ key: string, value: string }> }

/** Whether a network policy is about a workload's pods; expressions, which are seldom, are taken to be. */
function selects (policy: Manifest, { namespace, labels }: Labelled): boolean {
  const selected = Object.entries(recordOf(recordOf(recordOf(policy.value.spec).podSelector).matchLabels))
  return namespaceOf(policy.namespace) === namespace && selected.every(([key, value]) => labels.some((label) => label.key === key && label.value === textOf(value)))
}
