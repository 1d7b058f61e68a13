import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Plan } from '../../toolkit.ts'
import type { Access } from './access.ts'
import { changeOf, fieldManager, send } from './change.ts'
import { contentHash, type KubernetesObject } from './object.ts'
import { refusalOf } from './refusal.ts'

/** What the server notes of who last wrote which fields. */
const ManagedFields = Type.Array(Type.Object({ manager: Type.String(), time: Type.Optional(Type.String()), subresource: Type.Optional(Type.String()) }))

/** What these write (a finalizer, a volume's name, a port) follows from our own change, and goes or stays with it. */
const controlPlane = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'cloud-controller-manager']

/**
 * Who has changed an object since this change set did, in words; null: nobody. It is as it was made when its content is what the dry run gave, or
 * when making the change again would change nothing and nobody else has written to it since.
 */
export async function changedSince (access: Access, plan: Plan, live: KubernetesObject, signal: AbortSignal): Promise<string | null> {
  const change = changeOf(plan)
  if (contentHash(live) === change.result) return null
  const writers = writersSince(live)
  if (writers.length > 0) return writers.join(', ')
  try {
    const again = await send(access, change, { signal, dryRun: true })
    return again && contentHash(again) === contentHash(live) ? null : 'somebody'
  } catch (error) {
    const conflicts = refusalOf(error)?.conflicts ?? []
    if (conflicts.length === 0) throw error
    return [...new Set(conflicts.map(({ manager }) => manager))].join(', ')
  }
}

/** The server's times are whole seconds, so who wrote in the second of our own write counts as later. */
function writersSince ({ metadata }: KubernetesObject): string[] {
  const { managedFields } = metadata as { managedFields?: unknown }
  if (!Value.Check(ManagedFields, managedFields)) return []
  const ours = managedFields.filter(({ manager }) => manager === fieldManager).map(({ time = '' }) => time).sort().at(-1) ?? ''
  const later = managedFields.filter(({ manager, time = '', subresource }) => manager !== fieldManager && !controlPlane.includes(manager) && subresource !== 'status' && time >= ours)
  return [...new Set(later.map(({ manager }) => manager))]
}
