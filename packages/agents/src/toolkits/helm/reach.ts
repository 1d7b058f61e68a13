import type { Touch } from '../../toolkit.ts'
import { targetOf, type Access } from '../kubernetes/access.ts'
import type { Kind, Place } from '../kubernetes/kinds.ts'
import { checkChange, touchedWith } from '../kubernetes/scope.ts'
import type { Manifest } from './read-manifest.ts'

/** What a change of a release touches, object by object. */
export interface Reach {
  touches: Touch[]
  /** Some of it belongs to no namespace. */
  clusterWide: boolean
}

/**
 * A chart may render anything, and what a release holds goes when the next revision does not; what it may touch is the same as for everybody.
 * @param namespace of the release, where objects without one are
 * @param before all that stands there by the release; what `after` has not is deleted
 * @throws CTX_CLUSTER_SCOPE, CTX_KIND_UNKNOWN
 */
export async function reachOf ({ kinds, scope }: Access, namespace: string, before: Manifest, after: Manifest): Promise<Reach> {
  const named = new Map([...before, ...after].map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind }]))
  const known = new Map(await Promise.all([...named].map(async ([key, { apiVersion, kind }]): Promise<[string, Kind]> => [key, await kinds.find(kind, apiVersion)])))
  const placesOf = (manifest: Manifest) => new Map(manifest.map(({ apiVersion, kind: name, metadata }) => {
    const kind = known.get(`${apiVersion} ${name}`)!
    const place: Place = { kind, namespace: kind.namespaced ? metadata.namespace || namespace : null, name: metadata.name }
    return [targetOf(place), place]
  }))
  const [there, wanted] = [placesOf(before), placesOf(after)]
  const touches = [...new Map([...there, ...wanted])].flatMap(([target, place]) => {
    const verb = !wanted.has(target) ? 'delete' : there.has(target) ? 'update' : 'create'
    checkChange(scope, place, verb)
    return [{ target, verb }, ...touchedWith(place, verb)] satisfies Touch[]
  })
  return { touches, clusterWide: [...there.values(), ...wanted.values()].some((place) => place.namespace === null) }
}
