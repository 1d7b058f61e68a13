import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { amount, cell, table } from './finding.ts'
import { listOf, podSpecOf, readManifests, readTexts, recordOf, textOf } from './manifests.ts'

const plainName = /^[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?$/
const plainLabel = /^[A-Za-z0-9]([\w./-]{0,200}[A-Za-z0-9])?$/

/** Workloads with the labels, ports and claims that other manifests (network policies, backups, dashboards) refer to. */
export function inspectWorkloads (repository: Repository) {
  return defineRead({
    name: 'inspect_workloads',
    description: 'List the Deployments, StatefulSets and DaemonSets of the workspace with their labels, ports, and the volume claims there are.',
    input: Type.Object({}, { additionalProperties: false }),
    async run () {
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
      const namespaces = [...new Set(workloads.map(({ namespace }) => namespace))].sort()
      return {
        summary: `found ${amount(workloads.length, 'workload')} in ${amount(namespaces.length, 'namespace')} and ${amount(claims.length, 'volume claim')}`,
        text: workloads.length === 0 ? 'No workload.' : table(['Workload', 'Namespace', 'Ports', 'File'], workloads.map((each) => [cell(`${each.kind} ${each.name}`), cell(each.namespace), each.ports.map(({ port }) => port).join(', '), cell(each.path)])),
        facts: { workloads, claims, namespaces, count: workloads.length }
      }
    }
  })
}

function namespaceOf (namespace: string): string {
  return plainName.test(namespace) ? namespace : 'default'
}
