import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { amount, cell, table } from './finding.ts'
import { listOf, podSpecOf, readManifests, readTexts, recordOf, textOf, type Manifest } from './manifests.ts'
import { bytesOf, millicoresOf, toMemory } from './quantities.ts'

const mebibyte = 1024 * 1024

/** What a container gets that names nothing, as the limit range says. */
const assumed = { cpu: 50, request: 64 * mebibyte, limit: 256 * mebibyte }

/** Least that a namespace may use in all, so that a small one can grow. */
const least = { cpu: 1_000, memory: 1024 * mebibyte, pods: 20 }

/** `largest`: what a container without a limit requests at most; a limit by default below it would keep that container out. */
interface Use { namespace: string, pods: number, cpu: number, request: number, limit: number, largest: number, unsaid: number }

const plainName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** What workloads ask of a cluster, by namespace, and twice that as a quota. */
export function inspectResources (repository: Repository) {
  return defineRead({
    name: 'inspect_resources',
    description: 'Sum the CPU and memory requests and limits of Deployments and StatefulSets by namespace, count containers that name none, and work out a quota of twice that for namespaces that have none.',
    input: Type.Object({ own_quotas: Type.Optional(Type.String({ maxLength: 400, description: 'A folder whose quotas do not count' })) }, { additionalProperties: false }),
    async run ({ own_quotas: own }) {
      const { manifests } = readManifests((await readTexts(repository)).texts)
      const uses = usesOf(manifests)
      const guarded = manifests.filter(({ kind, path }) => kind === 'ResourceQuota' && (own === undefined || !path.startsWith(`${own}/`))).map(({ namespace }) => namespaceOf(namespace))
      const open = uses.filter(({ namespace }) => !guarded.includes(namespace))
      const left = uses.map(({ namespace }) => namespace).filter((namespace) => guarded.includes(namespace))
      const unsaid = uses.reduce((sum, use) => sum + use.unsaid, 0)
      return {
        summary: `found ${amount(uses.reduce((sum, { pods }) => sum + pods, 0), 'pod')} in ${amount(uses.length, 'namespace')}; ${amount(unsaid, 'container')} without all of requests and memory limit`,
        text: uses.length === 0
          ? 'No workload.'
          : table(['Namespace', 'Pods', 'CPU requests', 'Memory requests', 'Memory limits', 'Containers that name too little'], uses.map((use) => [cell(use.namespace), String(use.pods), `${use.cpu}m`, toMemory(use.request), toMemory(use.limit), String(use.unsaid)])),
        facts: { namespaces: open.map(quotaFor), left, unsaid, count: open.length }
      }
    }
  })
}

function usesOf (manifests: readonly Manifest[]): Use[] {
  const uses = new Map<string, Use>()
  for (const manifest of manifests) {
    const spec = podSpecOf(manifest)?.spec
    if (!spec || !['Deployment', 'StatefulSet'].includes(manifest.kind)) continue
    const namespace = namespaceOf(manifest.namespace)
    const sum = uses.get(namespace) ?? { namespace, pods: 0, cpu: 0, request: 0, limit: 0, largest: 0, unsaid: 0 }
    const replicas = replicasOf(manifest)
    sum.pods += replicas
    for (const container of listOf(spec.containers)) {
      const requests = recordOf(recordOf(container.resources).requests)
      const limits = recordOf(recordOf(container.resources).limits)
      const named = { cpu: millicoresOf(textOf(requests.cpu)), request: bytesOf(textOf(requests.memory)), limit: bytesOf(textOf(limits.memory)) }
      sum.cpu += replicas * (named.cpu ?? assumed.cpu)
      // What has a limit and no request requests its limit.
      sum.request += replicas * (named.request ?? named.limit ?? assumed.request)
      sum.limit += replicas * (named.limit ?? Math.max(assumed.limit, named.request ?? 0))
      if (named.limit === undefined) sum.largest = Math.max(sum.largest, named.request ?? 0)
      if (named.cpu === undefined || named.request === undefined || named.limit === undefined) sum.unsaid++
    }
    uses.set(namespace, sum)
  }
  return [...uses.values()].sort((a, b) => a.namespace < b.namespace ? -1 : 1)
}

function quotaFor ({ namespace, pods, cpu, request, limit, largest }: Use) {
  return {
    name: namespace,
    pods: String(Math.max(least.pods, 2 * pods)),
    cpu: String(Math.ceil(Math.max(least.cpu, 2 * cpu) / 1_000)),
    memory: toMemory(Math.max(least.memory, 2 * request)),
    memory_limit: toMemory(Math.max(least.memory, 2 * limit)),
    default_limit: toMemory(Math.max(assumed.limit, largest))
  }
}

function replicasOf ({ value }: Manifest): number {
  const { replicas } = recordOf(value.spec)
  return typeof replicas === 'number' && Number.isInteger(replicas) && replicas >= 0 && replicas <= 10_000 ? replicas : 1
}

function namespaceOf (namespace: string): string {
  return plainName.test(namespace) ? namespace : 'default'
}
