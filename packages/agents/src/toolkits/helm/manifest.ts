import { createHash } from 'node:crypto'
import { redactionMark } from '@cortex/secrets'
import { stringify } from 'yaml'
import { masked } from '../kubernetes/mask.ts'
import type { KubernetesObject } from '../kubernetes/object.ts'
import type { Manifest } from './read-manifest.ts'

const otherSecret = `${redactionMark} secret value, another than before]`

/**
 * The same text for the same objects, whatever order the chart renders them in; secret values replaced.
 * @param before where a secret value is another than in this, the text says so
 */
export function showManifest (manifest: Manifest, before: Manifest | null = null): string {
  const earlier = new Map((before ?? []).map((object) => [identityOf(object), object]))
  return manifest.map((object) => {
    const was = earlier.get(identityOf(object))
    const shown = masked(object)
    return stringify(was ? withOthers(shown, masked(was), object, was) : shown, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false })
  }).sort((a, b) => a < b ? -1 : 1).map((text) => `---\n${text}`).join('')
}

/** Of what can be seen: secret values are not part of it, so that nobody can try them by it. */
export function manifestHash (manifest: Manifest): string {
  return `sha256:${createHash('sha256').update(showManifest(manifest)).digest('hex')}`
}

function identityOf ({ apiVersion, kind, metadata: { namespace = '', name } }: KubernetesObject): string {
  return JSON.stringify([apiVersion, kind, namespace, name])
}

/** What is shown of an object, saying where it looks the same as before and is not. */
function withOthers (shown: unknown, shownBefore: unknown, value: unknown, before: unknown): unknown {
  if (isFields(shown) && isFields(shownBefore) && isFields(value) && isFields(before)) {
    return Object.fromEntries(Object.entries(shown).map(([key, each]) => [key, withOthers(each, shownBefore[key], value[key], before[key])]))
  }
  if (Array.isArray(shown) && Array.isArray(shownBefore) && Array.isArray(value) && Array.isArray(before)) {
    return shown.map((each, index) => withOthers(each, shownBefore[index], value[index], before[index]))
  }
  return typeof shown === 'string' && shown === shownBefore && value !== before ? otherSecret : shown
}

function isFields (value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
