import { CORE_SCHEMA, defineMappingTag, defineScalarTag, defineSequenceTag, loadAll, mapTag, mergeTag } from 'js-yaml'

const only = { matchByTagPrefix: true, identify: () => false }

/** An object as Kubernetes has them. */
export type ObjectLike = { apiVersion: string, kind: string } & Record<string, unknown>

export function isObject (value: unknown): value is ObjectLike {
  return value !== null && typeof value === 'object' && 'apiVersion' in value && typeof value.apiVersion === 'string' && 'kind' in value && typeof value.kind === 'string'
}

/** Tags of those who read the file for themselves (`!reference`, `!vault`, `!Sub`) stand for what they are put before; what is binary is text to the reader Kubernetes has. */
const own = ['!', 'tag:'].flatMap((prefix) => [
  defineScalarTag(prefix, { ...only, resolve: (source, _, tag) => tag.endsWith(':binary') ? Buffer.from(source, 'base64').toString('utf8') : source }),
  defineSequenceTag<unknown[]>(prefix, { ...only, create: () => [], addItem: (items, item) => { items.push(item) } }),
  defineMappingTag(prefix, { ...mapTag, ...only })
])
const schema = CORE_SCHEMA.withTags(own, mergeTag)

/** The documents of YAML or JSON, anchors and merge keys followed; undefined where it is none, or such that readers may make different things of it, as with a key that stands twice. */
export function valuesIn (text: string): unknown[] | undefined {
  try {
    return loadAll(text.replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n'), { schema })
  } catch {
    return undefined
  }
}

/** The text with the escapes of quoted scalars read. */
export function unescaped (text: string): string {
  return text.replaceAll(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))/gi, (whole, ...codes: Array<string | undefined>) => {
    const code = Number.parseInt(codes.slice(0, 3).find((each) => each !== undefined)!, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
