import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { clusterRefused, clusterUnreachable } from '../../errors.ts'
import type { Access } from './access.ts'
import { refusalOf } from './refusal.ts'

const Usage = Type.Record(Type.String(), Type.String())
const Metrics = Type.Object({
  items: Type.Array(Type.Object({
    metadata: Type.Object({ name: Type.String(), namespace: Type.Optional(Type.String()) }),
    usage: Type.Optional(Usage),
    containers: Type.Optional(Type.Array(Type.Object({ name: Type.String(), usage: Usage })))
  }))
})

/** What pods of a namespace, or nodes, use now: a line for each container or node, as the metrics server counts. */
export async function readUsage ({ cluster }: Access, namespace: string | null, signal: AbortSignal): Promise<string[]> {
  const path = namespace === null ? '/nodes' : `/namespaces/${encodeURIComponent(namespace)}/pods`
  const list = await cluster.json('GET', `/apis/metrics.k8s.io/v1beta1${path}`, { signal }).catch((error: unknown) => {
    throw refusalOf(error)?.status === 404 ? clusterRefused('it has no metrics server, so nobody counts what is used') : error
  })
  if (!Value.Check(Metrics, list)) throw clusterUnreachable('its metrics are not what a metrics server answers')
  const line = (name: string, { cpu = '?', memory = '?' }: Record<string, string>) => `${name}: cpu ${cpuOf(cpu)}, memory ${memoryOf(memory)}`
  return list.items.flatMap(({ metadata: { name }, usage, containers = [] }) => usage ? [line(name, usage)] : containers.map((container) => line(`${name} ${container.name}`, container.usage)))
}

/** Thousandths of a core, as people read them. */
function cpuOf (quantity: string): string {
  const [, number, unit] = /^(\d+)([nu])$/.exec(quantity) ?? []
  return number === undefined ? quantity : `${Math.round(Number(number) / (unit === 'n' ? 1e6 : 1e3))}m`
}

function memoryOf (quantity: string): string {
  const [, number] = /^(\d+)Ki$/.exec(quantity) ?? []
  return number === undefined ? quantity : `${Math.round(Number(number) / 1_024)}Mi`
}
