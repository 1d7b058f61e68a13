import { isDeepStrictEqual } from 'node:util'
import { fromFieldsV1, isFields, leavesOf, put, remove, toFieldsV1, wordsOf, type Fields, type ManagedFields } from './api-server-stand-in-fields.ts'

export interface Conflict { field: string, manager: string }

interface Author { manager: string, operation: ManagedFields['operation'], apiVersion: string }

/** Server-side apply: what the manifest says, without what it said before and says no more; conflicts with fields others look after. */
export function applyManifest (live: Fields | undefined, manifest: Fields, author: Author, force: boolean): { object: Fields, conflicts: Conflict[] } {
  const object = structuredClone(live ?? { apiVersion: manifest.apiVersion, kind: manifest.kind, metadata: { ...pick(manifest.metadata as Fields, ['name', 'namespace']) } })
  const entries = managersOf(live)
  const own = entries.find((entry) => isSame(entry, author))
  const wanted = leavesOf(manifest)
  const present = leavesOf(object)
  const conflicts: Conflict[] = []
  for (const [path, value] of wanted) {
    if (isDeepStrictEqual(present.get(path), value)) continue
    for (const other of entries.filter((entry) => !isSame(entry, author) && pathsOf(entry).includes(path))) {
      conflicts.push({ field: wordsOf(path), manager: other.manager })
      if (force) other.fieldsV1 = toFieldsV1(pathsOf(other).filter((each) => each !== path))
    }
  }
  if (conflicts.length > 0 && !force) return { object, conflicts }
  for (const path of own ? pathsOf(own) : []) {
    if (!wanted.has(path) && !entries.some((entry) => !isSame(entry, author) && pathsOf(entry).includes(path))) remove(object, path)
  }
  for (const [path, value] of wanted) put(object, path, structuredClone(value))
  setManagers(object, [...entries.filter((entry) => !isSame(entry, author)), entryOf(author, wanted.keys())])
  return { object, conflicts: [] }
}

/** Every other write: what it changed belongs to who wrote it. It may bring entries of its own for who looks after the rest. */
export function recordUpdate (live: Fields | undefined, object: Fields, author: Author): void {
  const before = leavesOf(live ?? {})
  const after = leavesOf(object)
  const changed = new Set([...after].filter(([path, value]) => !isDeepStrictEqual(before.get(path), value)).map(([path]) => path))
  const given = managersOf(object)
  const kept = (given.length > 0 ? given : managersOf(live)).map((entry) => ({ ...entry, fieldsV1: toFieldsV1(pathsOf(entry).filter((path) => after.has(path) && !changed.has(path))) }))
  const own = kept.find((entry) => isSame(entry, author))
  if (changed.size > 0) kept.push(entryOf(author, [...(own ? pathsOf(own) : []), ...changed]))
  setManagers(object, kept.filter((entry) => (entry !== own || changed.size === 0) && Object.keys(entry.fieldsV1).length > 0))
}

/** RFC 7386. Lists with names are replaced as a whole, as everywhere in a merge patch. */
export function mergePatch (target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch
  const merged: Fields = isFields(target) ? { ...target } : {}
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field]
    else merged[field] = mergePatch(merged[field], value)
  }
  return merged
}

function managersOf (object: Fields | undefined): ManagedFields[] {
  return structuredClone(((object?.metadata as Fields | undefined)?.managedFields ?? []) as ManagedFields[])
}

function setManagers (object: Fields, entries: ManagedFields[]): void {
  (object.metadata as Fields).managedFields = entries
}

function entryOf ({ manager, operation, apiVersion }: Author, paths: Iterable<string>): ManagedFields {
  return { manager, operation, apiVersion, time: new Date().toISOString(), fieldsType: 'FieldsV1', fieldsV1: toFieldsV1(paths) }
}

function pathsOf ({ fieldsV1 }: ManagedFields): string[] {
  return fromFieldsV1(fieldsV1)
}

function isSame (entry: ManagedFields, { manager, operation }: Author): boolean {
  return entry.manager === manager && entry.operation === operation
}

function pick (fields: Fields, names: string[]): Fields {
  return Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]))
}
