import { readYaml } from '../yaml-documents.ts'

/** An object as Kubernetes has them. */
export type ObjectLike = { apiVersion: string, kind: string } & Record<string, unknown>

export function isObject (value: unknown): value is ObjectLike {
  return value !== null && typeof value === 'object' && 'apiVersion' in value && typeof value.apiVersion === 'string' && 'kind' in value && typeof value.kind === 'string'
}

/** The documents of YAML or JSON; undefined where it is none, or such that readers may make different things of it. */
export function valuesIn (text: string): unknown[] | undefined {
  const { documents, fault } = readYaml(text)
  return fault ? undefined : documents.map(({ value }) => value)
}

/** The text with the escapes of quoted scalars read. */
export function unescaped (text: string): string {
  return text.replaceAll(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))/gi, (whole, ...codes: Array<string | undefined>) => {
    const code = Number.parseInt(codes.slice(0, 3).find((each) => each !== undefined)!, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
