type Validate = ((value: unknown) => boolean) & { errors?: Array<{ instancePath: string, message?: string, keyword: string }> | null }

/**
 * What is wrong with a Kubernetes object by the published schemas: wrong types, missing fields, and fields that do not exist. The schemas' own
 * validators let unknown fields pass, so the object is watched while they read it: what they never look at is no field.
 */
export async function kubernetesFaults (object: Record<string, unknown>): Promise<string[]> {
  const { apiVersion, kind } = object as { apiVersion: string, kind: string }
  const module = await import(`kubernetes-models/_schemas/IoK8sApi${schemaName(apiVersion)}${kind}`) as { validate: Validate }
  const seen = new WeakMap<object, Set<string>>()
  const valid = module.validate(watched(object, seen))
  const faults = valid ? [] : (module.validate.errors ?? []).map(({ instancePath, message, keyword }) => `${instancePath}: ${message ?? keyword}`)
  return [...faults, ...neverRead(object, seen, '')]
}

function schemaName (apiVersion: string): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') as [string, string] : ['core', apiVersion]
  return `${capital(group.split('.')[0]!)}${capital(version)}`
}

function capital (word: string): string {
  return word[0]!.toUpperCase() + word.slice(1)
}

function watched<T extends object> (target: T, seen: WeakMap<object, Set<string>>): T {
  const keys = seen.get(target) ?? new Set()
  seen.set(target, keys)
  return new Proxy(target, {
    get (_, key) {
      if (typeof key === 'string') keys.add(key)
      const value: unknown = Reflect.get(target, key)
      return value !== null && typeof value === 'object' ? watched(value, seen) : value
    }
  })
}

function neverRead (value: unknown, seen: WeakMap<object, Set<string>>, path: string): string[] {
  if (value === null || typeof value !== 'object') return []
  const read = seen.get(value)
  return Object.entries(value).flatMap(([key, each]) => read?.has(key) ? neverRead(each, seen, `${path}/${key}`) : [`${path}/${key}: is no field`])
}
