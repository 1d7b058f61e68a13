import { redact } from '@cortex/secrets'
import { createTwoFilesPatch } from 'diff'
import { masked, yamlOf } from './mask.ts'
import { withoutNoise, type KubernetesObject } from './object.ts'

/** For a person or a model: secrets masked, keys in one order, no bookkeeping of the server. */
export function showObject (object: KubernetesObject): string {
  const { managedFields, ...metadata } = masked(object).metadata as Record<string, unknown>
  return yamlOf({ ...masked(object), metadata })
}

/** How an object changes, without noise; null on either side: it is not there. Empty when nothing a person may see differs. */
export function objectDiff (target: string, before: KubernetesObject | null, after: KubernetesObject | null): string {
  return textDiff(target, before && shownOf(before), after && shownOf(after))
}

/** Redacted as a whole: what tells a secret may be further from a change than its diff shows. */
function shownOf (object: KubernetesObject): string {
  return redact(yamlOf(masked(withoutNoise(object))))
}

/** Unified diff of two texts; null: there is none. Empty when they are equal. */
export function textDiff (target: string, before: string | null, after: string | null): string {
  if (before === after) return ''
  const patch = createTwoFilesPatch(before === null ? '/dev/null' : `a/${target}`, after === null ? '/dev/null' : `b/${target}`, before ?? '', after ?? '')
  return patch.slice(patch.indexOf('---'))
}
