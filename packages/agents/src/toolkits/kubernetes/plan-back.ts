import { isDeepStrictEqual } from 'node:util'
import { TaskFault } from '../../errors.ts'
import type { BackPlanning, MadeChange, Planning, ToolContext } from '../../toolkit.ts'
import { netChanges, type NetChange } from '../net-changes.ts'
import { findObject, locate, type Access } from './access.ts'
import { changeOf, recordIn } from './change.ts'
import { contentHash, withoutNoise, type KubernetesObject } from './object.ts'
import { planChange } from './plan.ts'

/** Plans objects as they were before these changes. Where somebody has changed one since, the diff shows what else goes, and the risk is high. */
export async function planObjectsBack (access: Access, changes: readonly MadeChange[], context: ToolContext): Promise<BackPlanning> {
  const sum: BackPlanning = { plans: [], standing: [], left: [] }
  for (const change of netChanges(changes)) {
    try {
      const { plans, standing } = await planObjectBack(access, change, { ...context, draft: [...context.draft, ...sum.plans] })
      sum.plans.push(...plans)
      sum.standing.push(...standing)
    } catch (error) {
      if (!(error instanceof TaskFault) || error.retryable) throw error
      sum.left.push({ target: change.target, reason: error.message })
    }
  }
  return sum
}

async function planObjectBack (access: Access, { target, last, inverse }: NetChange, context: ToolContext): Promise<Planning> {
  const { place: { kind: { kind, apiVersion }, namespace, name }, result } = changeOf(last)
  const place = await locate(access, { kind, api_version: apiVersion, name, ...(namespace !== null && { namespace }) }, 'change')
  if (!('object' in inverse)) throw new TaskFault('CTX_OBJECT_UNSUITED', 'its old content holds secret values, which are not kept')
  const live = await findObject(access, place, context.signal)
  if (live === null && inverse.object === null) return { plans: [], standing: [target] }
  const before = recordIn(inverse.object)
  const planning = inverse.object === null
    ? await planChange(access, 'kubernetes_delete', { place, way: 'delete', body: null, force: false }, context)
    : live === null
      ? await planChange(access, 'kubernetes_apply', { place, way: 'apply', body: before, force: false }, context)
      : await planChange(access, 'kubernetes_patch', { place, way: 'patch', body: mergePatch({ ...withoutNoise(live) }, withAnnotations(before, live)), force: false }, context)
  if ((live && contentHash(live)) === result) return planning
  return { ...planning, plans: planning.plans.map((plan) => ({ ...plan, risk: 'high', dry_run: `${plan.dry_run}; it was changed since by others, and this takes that back as well` })) }
}

/** So that each annotation is taken away by its name: the marks of change sets stand beside them. */
function withAnnotations (before: Record<string, unknown>, { metadata }: KubernetesObject): Record<string, unknown> {
  return metadata.annotations === undefined ? before : { ...before, metadata: { annotations: {}, ...recordIn(before.metadata) } }
}

/** The JSON merge patch (RFC 7396) that makes the second of the first. */
function mergePatch (from: Record<string, unknown>, to: Record<string, unknown>): Record<string, unknown> {
  const patch: Record<string, unknown> = {}
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const [now, then] = [from[key], to[key]]
    if (isDeepStrictEqual(now, then)) continue
    patch[key] = then === undefined ? null : isRecord(now) && isRecord(then) ? mergePatch(now, then) : then
  }
  return patch
}

function isRecord (value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
