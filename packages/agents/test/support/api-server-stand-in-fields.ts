/** Who looks after which fields of an object: the part of server-side apply that an API server does and no schema says here. */
export type Fields = Record<string, unknown>
export interface ManagedFields { manager: string, operation: 'Apply' | 'Update', apiVersion: string, time: string, fieldsType: 'FieldsV1', fieldsV1: Fields }

/** A step into an object, or into the item of a list that has these values in its key fields. */
type Step = string | Fields
type Path = string

/** Lists whose items have a name of their own; all others are one value. A real server reads this from the schema. */
const listKeys: Record<string, string[]> = {
  containers: ['name'], initContainers: ['name'], env: ['name'], volumes: ['name'], imagePullSecrets: ['name'], volumeMounts: ['mountPath'], ports: ['containerPort', 'port', 'protocol']
}
const identity = ['apiVersion', 'kind', 'metadata.name', 'metadata.namespace', 'metadata.managedFields', 'metadata.resourceVersion', 'metadata.uid', 'metadata.creationTimestamp', 'metadata.generation', 'status']

export function isFields (value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** Every leaf of an object with its value. */
export function leavesOf (object: Fields): Map<Path, unknown> {
  const leaves = new Map<Path, unknown>()
  const walk = (value: unknown, path: Step[]): void => {
    if (identity.includes(path.join('.'))) return
    const keys = listKeys[String(path.at(-1))]
    if (Array.isArray(value) && keys && value.every(isFields)) for (const item of value) walk(item, [...path, keyOf(item, keys)])
    else if (isFields(value) && Object.keys(value).length > 0) for (const [field, each] of Object.entries(value)) walk(each, [...path, field])
    else leaves.set(JSON.stringify(path), value)
  }
  walk(object, [])
  return leaves
}

function keyOf (item: Fields, keys: readonly string[]): Fields {
  const named = keys.filter((key) => item[key] !== undefined)
  return Object.fromEntries(named.map((key) => [key, item[key]]))
}

export function toFieldsV1 (paths: Iterable<Path>): Fields {
  const root: Fields = {}
  for (const path of paths) {
    let at = root
    for (const step of JSON.parse(path) as Step[]) at = (at[typeof step === 'string' ? `f:${step}` : `k:${JSON.stringify(step)}`] ??= {}) as Fields
  }
  return root
}

export function fromFieldsV1 (fields: Fields, path: Step[] = []): Path[] {
  const entries = Object.entries(fields)
  if (entries.length === 0) return path.length > 0 ? [JSON.stringify(path)] : []
  return entries.flatMap(([key, inner]) => fromFieldsV1(inner as Fields, [...path, key.startsWith('k:') ? JSON.parse(key.slice(2)) as Fields : key.slice(2)]))
}

/** As in a conflict's cause: `.spec.template.spec.containers[name="web"].image`. */
export function wordsOf (path: Path): string {
  return (JSON.parse(path) as Step[]).map((step) => typeof step === 'string' ? `.${step}` : `[${Object.entries(step).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`).join('')
}

export function put (object: Fields, path: Path, value: unknown): void {
  const steps = JSON.parse(path) as Step[]
  let at: unknown = object
  steps.forEach((step, index) => {
    const last = index === steps.length - 1
    if (typeof step !== 'string') {
      const list = at as Fields[]
      let item = list.find((each) => fits(each, step))
      if (!item) list.push(item = { ...step })
      at = item
    } else if (last) (at as Fields)[step] = value
    else at = (at as Fields)[step] ??= typeof steps[index + 1] === 'string' ? {} : []
  })
}

/** Takes a leaf away, and what is empty without it. */
export function remove (object: Fields, path: Path): void {
  const steps = JSON.parse(path) as Step[]
  const cut = (at: unknown, [step, ...rest]: Step[]): boolean => {
    if (Array.isArray(at)) {
      const index = at.findIndex((each) => fits(each as Fields, step as Fields))
      // A key goes with its item, which could not be found for its other leaves without it.
      const isKey = rest.length === 1 && rest[0] as string in (step as Fields)
      if (index !== -1 && (rest.length === 0 || (!isKey && cut(at[index], rest)) || sameKeys(at[index] as Fields, step as Fields))) at.splice(index, 1)
      return at.length === 0
    }
    if (!isFields(at) || typeof step !== 'string') return false
    if (rest.length === 0 || (at[step] !== undefined && cut(at[step], rest))) delete at[step]
    return Object.keys(at).length === 0
  }
  cut(object, steps)
}

function fits (item: Fields, key: Fields): boolean {
  return Object.entries(key).every(([field, value]) => item[field] === value)
}

function sameKeys (item: Fields, key: Fields): boolean {
  return Object.keys(item).every((field) => field in key)
}
