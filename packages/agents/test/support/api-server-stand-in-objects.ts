import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import type { Fields } from './api-server-stand-in-fields.ts'
import { rolledOut, type ServedKind } from './api-server-stand-in-kinds.ts'

export interface StoredObject extends Fields { metadata: Fields & { name: string, namespace?: string, uid: string, resourceVersion: string, generation: number, labels?: Record<string, string> } }
export interface WatchEvent { version: number, type: 'ADDED' | 'MODIFIED' | 'DELETED', collection: string, object: StoredObject }

/** The objects, their versions, and what happened to them in order. Emits `event`. */
export class StoredObjects extends EventEmitter<{ event: [WatchEvent] }> {
  readonly #objects = new Map<string, StoredObject>()
  readonly events: WatchEvent[] = []
  #version = 100
  /** `done`: workloads are up as soon as they are written; `held`: they stay as they are until told otherwise. */
  rollouts: 'done' | 'held' = 'done'

  get version (): string {
    return String(this.#version)
  }

  get (kind: ServedKind, namespace: string | undefined, name: string): StoredObject | undefined {
    return this.#objects.get(keyOf(kind, namespace, name))
  }

  list (kind: ServedKind, namespace: string | undefined, wanted: (object: StoredObject) => boolean): StoredObject[] {
    const prefix = namespace === undefined ? `${collectionOf(kind)}/` : `${collectionOf(kind)}/${namespace}/`
    return [...this.#objects].filter(([key, object]) => key.startsWith(prefix) && wanted(object)).map(([, object]) => object)
  }

  /** Stores it under the next version, unless it is what is there already. */
  write (kind: ServedKind, namespace: string | undefined, object: Fields): StoredObject {
    const metadata = object.metadata as StoredObject['metadata']
    const key = keyOf(kind, namespace, metadata.name)
    const before = this.#objects.get(key)
    const after = this.prepared(before, object, namespace)
    if (before && isDeepStrictEqual(timeless(before), timeless(after))) return before
    after.metadata.resourceVersion = String(++this.#version)
    this.#objects.set(key, after)
    this.#tell(before ? 'MODIFIED' : 'ADDED', kind, after)
    if (this.rollouts === 'done' && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind.kind) && before?.metadata.generation !== after.metadata.generation) setImmediate(() => this.rollOut(kind, namespace, metadata.name))
    return after
  }

  /** With what the server itself writes into the metadata; not stored. */
  prepared (before: StoredObject | undefined, object: Fields, namespace: string | undefined): StoredObject {
    const changed = before === undefined || !isDeepStrictEqual(before.spec, object.spec)
    return {
      ...object,
      ...(before?.status !== undefined && { status: before.status }),
      metadata: {
        ...(object.metadata as StoredObject['metadata']),
        ...(namespace !== undefined && { namespace }),
        uid: before?.metadata.uid ?? randomUUID(),
        creationTimestamp: before?.metadata.creationTimestamp ?? new Date().toISOString(),
        resourceVersion: before?.metadata.resourceVersion ?? '0',
        generation: (before?.metadata.generation ?? 0) + (changed ? 1 : 0)
      }
    }
  }

  rollOut (kind: ServedKind, namespace: string | undefined, name: string): void {
    const object = this.get(kind, namespace, name)
    if (object) this.setStatus(kind, namespace, name, rolledOut(object))
  }

  setStatus (kind: ServedKind, namespace: string | undefined, name: string, status: Fields): void {
    const object = this.get(kind, namespace, name)!
    const after = { ...object, status, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } }
    this.#objects.set(keyOf(kind, namespace, name), after)
    this.#tell('MODIFIED', kind, after)
  }

  delete (kind: ServedKind, namespace: string | undefined, name: string): void {
    const key = keyOf(kind, namespace, name)
    const object = this.#objects.get(key)!
    this.#objects.delete(key)
    this.#tell('DELETED', kind, { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } })
    if (kind.kind !== 'Namespace') return
    for (const inner of this.#objects.keys()) if (inner.split('/').at(-2) === name) this.#objects.delete(inner)
  }

  #tell (type: WatchEvent['type'], kind: ServedKind, object: StoredObject): void {
    const event = { version: this.#version, type, collection: collectionOf(kind), object }
    this.events.push(event)
    this.emit('event', event)
  }
}

export function collectionOf ({ apiVersion, plural }: ServedKind): string {
  return `${apiVersion.replace('/', '!')}!${plural}`
}

function keyOf (kind: ServedKind, namespace: string | undefined, name: string): string {
  return `${collectionOf(kind)}/${namespace ?? ''}/${name}`
}

/** Without what every write would change. */
function timeless (object: StoredObject): unknown {
  const managedFields = (object.metadata.managedFields as Fields[] | undefined)?.map((entry) => ({ ...entry, time: '' }))
  return { ...object, metadata: { ...object.metadata, managedFields, resourceVersion: '' } }
}
