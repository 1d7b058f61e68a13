import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { findObject, type Access } from './access.ts'
import { fieldManager, send, type ObjectChange, type SendOptions } from './change.ts'
import { pathOf } from './kinds.ts'
import { carriesPlan, type KubernetesObject } from './object.ts'
import { refusalOf } from './refusal.ts'

const Managed = Type.Object({ metadata: Type.Object({ managedFields: Type.Array(Type.Object({ manager: Type.String(), operation: Type.String(), subresource: Type.Optional(Type.String()) })) }) })
type Entry = { manager: string, operation: string, subresource?: string }

const attempts = 6

/**
 * Makes the fields of an object that was created those of server-side apply, as if it had been applied: what a later manifest holds no more then goes away.
 * A create gives them to another kind of entry. Nothing else of the object is written, and what others have made of it meanwhile is left alone.
 * @throws CTX_CLUSTER_REFUSED, CTX_CLUSTER_UNREACHABLE
 */
export async function ownByApply (access: Access, change: ObjectChange, created: KubernetesObject, { signal, planHash = '' }: SendOptions): Promise<void> {
  const { kind, namespace, name } = change.place
  let live: KubernetesObject | null = created
  for (let attempt = 1; live && carriesPlan(live, planHash) && entriesOf(live).some(isOfCreate); attempt++) {
    const at = { resourceVersion: live.metadata.resourceVersion, uid: live.metadata.uid }
    try {
      // Which fields an apply would own, only the server knows.
      const applied = await send(access, { ...change, force: true }, { signal, planHash, dryRun: true, ...at })
      const managedFields = entriesOf(applied).filter((entry) => !isOfCreate(entry))
      await access.cluster.json('PATCH', pathOf(kind, namespace, name), { signal, query: { fieldManager }, type: 'application/merge-patch+json', body: { metadata: { ...at, managedFields } } })
      return
    } catch (error) {
      signal.throwIfAborted()
      if (![404, 409].includes(refusalOf(error)?.status ?? 0) || attempt === attempts) throw error
      live = await findObject(access, change.place, signal)
    }
  }
}

function entriesOf (object: KubernetesObject | null): Entry[] {
  return Value.Check(Managed, object) ? object.metadata.managedFields : []
}

function isOfCreate ({ manager, operation, subresource }: Entry): boolean {
  return manager === fieldManager && operation === 'Update' && subresource === undefined
}
