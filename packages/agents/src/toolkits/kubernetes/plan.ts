import type { Risk } from '@cortex/contracts'
import { redactionMark } from '@cortex/secrets'
import { fieldsOwned, objectMissing, objectUnsuited } from '../../errors.ts'
import type { Planning, ToolContext } from '../../toolkit.ts'
import { isFarReachingGroup } from '../risk/kinds.ts'
import { isPowerful, stopsEverything } from '../risk/power.ts'
import { findObject, targetOf, type Access } from './access.ts'
import { fieldManager, recordIn, send, type ObjectChange } from './change.ts'
import { isPlain } from './mask.ts'
import { asObject, contentHash, noisyAnnotations, planIn, withoutNoise, type KubernetesObject } from './object.ts'
import { refusalOf, type FieldConflict } from './refusal.ts'
import { checkChange, touchedWith } from './scope.ts'
import { objectDiff } from './show.ts'

export const kubernetesToolkitId = 'kubernetes'

/** What is to be planned; whether fields are really taken over, and what comes of it, the server's dry run says. */
export type Wish = Omit<ObjectChange, 'result'>

const sizeLimit = 256 * 1024

/**
 * Works out one change by the server's own dry run: what the object would become, against what it is. Nothing is changed.
 * @throws CTX_OBJECT_UNSUITED, CTX_OBJECT_NOT_FOUND, CTX_CLUSTER_SCOPE, CTX_FIELD_CONFLICT, CTX_CLUSTER_REFUSED, CTX_CLUSTER_UNREACHABLE
 */
export async function planChange (access: Access, tool: string, wish: Wish, { signal, draft }: ToolContext): Promise<Planning> {
  const target = targetOf(wish.place)
  checkWish(target, wish)
  if (wish.way === 'delete') checkChange(access.scope, wish.place, 'delete')
  const before = await findObject(access, wish.place, signal)
  if (!before && wish.way !== 'apply') throw objectMissing(target)
  const { after, taken, force, remark } = await tryOut(access, wish, { signal, draft })
  const base = before && contentHash(before)
  const result = after && contentHash(after)
  if (base === result) {
    const maker = before ? planIn(before) : undefined
    return { plans: [], standing: [target], ...(maker !== undefined && { made_by: { [target]: `change set ${maker}` } }) }
  }
  const diff = objectDiff(target, before, after)
  if (diff === '') throw objectUnsuited(target, 'the change lies inside a secret value, which nobody could read before approving it')
  const verb = after === null ? 'delete' : before === null ? 'create' : 'update'
  const touches = touchedWith(wish.place, verb)
  const content = before && withoutNoise(before)
  const undoable = content === null || isPlain(content)
  return {
    standing: [],
    plans: [{
      toolkit: kubernetesToolkitId,
      tool,
      target,
      verb,
      ...(wish.place.namespace === null && { cluster_wide: true }),
      ...(touches.length > 0 && { touches }),
      diff,
      arguments: { ...wish, force, result } satisfies ObjectChange,
      base,
      risk: taken.length > 0 ? 'high' : riskOf(wish, after),
      dry_run: [
        `${verb} ${target}: ${remark}`,
        ...(taken.length > 0 ? [`takes over ${describe(taken)}`] : []),
        ...(undoable ? [] : ['cannot be undone, since its old content holds secret values, which are not kept']),
        ...(verb === 'delete' && undoable ? ['undone by creating it anew, without what depended on it'] : [])
      ].join('; '),
      inverse: undoable ? { object: content } : {}
    }]
  }
}

interface Trial { after: KubernetesObject | null, taken: FieldConflict[], force: boolean, remark: string }

async function tryOut (access: Access, wish: Wish, { signal, draft }: ToolContext): Promise<Trial> {
  const dryRun = async (force: boolean) => send(access, { ...wish, force }, { signal, dryRun: true })
  const remark = 'the server would take it'
  try {
    return { after: await dryRun(false), taken: [], force: false, remark }
  } catch (error) {
    const refusal = refusalOf(error)
    const conflicts = refusal?.conflicts ?? []
    // What our own patches set is ours already.
    const others = conflicts.filter(({ manager }) => manager !== fieldManager)
    if (conflicts.length > 0 && others.length > 0 && !wish.force) throw fieldsOwned(targetOf(wish.place), describe(others))
    if (conflicts.length > 0) return { after: await dryRun(true), taken: others, force: true, remark }
    const { namespace } = wish.place
    if (refusal?.status !== 404 || wish.body === null || !draft.some(({ toolkit, target, verb }) => toolkit === kubernetesToolkitId && verb === 'create' && target === `cluster/namespace/${namespace}`)) throw error
    return { after: asObject(wish.body), taken: [], force: false, remark: `no dry run is possible before its namespace ${namespace} is there, which this change set creates` }
  }
}

function checkWish (target: string, { place: { kind }, body, way }: Wish): void {
  if (kind.kind === 'Secret' && kind.group === '') throw objectUnsuited(target, 'Secrets are left to people and to what injects them; refer to one by name')
  if (body === null) return
  const text = JSON.stringify(body)
  if (Buffer.byteLength(text) > sizeLimit) throw objectUnsuited(target, `it is larger than ${sizeLimit / 1024} KB`)
  if (text.includes(redactionMark)) throw objectUnsuited(target, 'it holds a redaction mark, which would overwrite the real value; leave that field out')
  const metadata = recordIn(body.metadata)
  const server = ['managedFields', 'resourceVersion', 'uid', 'generateName', 'ownerReferences'].find((field) => field in metadata)
  if (server !== undefined) throw objectUnsuited(target, `metadata.${server} is not for a ${way === 'apply' ? 'manifest' : 'patch'} to set; leave it out`)
  if (metadata.annotations === null) throw objectUnsuited(target, 'metadata.annotations as a whole is not for a patch to remove; name each annotation that goes')
  const hidden = noisyAnnotations.find((key) => key in recordIn(metadata.annotations))
  if (hidden !== undefined) throw objectUnsuited(target, `the annotation ${hidden} is kept by the cluster or by Cortex and no diff shows it; leave it out`)
  if (!isPlain(body)) throw objectUnsuited(target, 'it holds what looks like a secret value; refer to a Secret instead, as by valueFrom.secretKeyRef')
  if ('status' in body) throw objectUnsuited(target, 'status is the controllers\' to write; leave it out')
}

function riskOf ({ way, place: { kind, namespace } }: Wish, after: KubernetesObject | null): Risk {
  if (way === 'delete' || namespace === null || isFarReachingGroup(kind.group)) return 'high'
  return isPowerful(after && withoutNoise(after)) || stopsEverything(after) ? 'high' : 'medium'
}

function describe (conflicts: readonly FieldConflict[]): string {
  return conflicts.slice(0, 20).map(({ field, manager }) => `${field} (${manager})`).join(', ')
}
