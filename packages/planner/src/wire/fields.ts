import { RequestInvalid } from '../errors.ts'

export type Fields = Readonly<Record<string, unknown>>

export function readObject (value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RequestInvalid(path, 'must be an object')
  return value as Fields
}

export function readString (value: unknown, path: string): string {
  if (typeof value !== 'string') throw new RequestInvalid(path, value === undefined ? 'Field required' : 'must be a string')
  return value
}

export function readFlag (value: unknown, path: string): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw new RequestInvalid(path, 'must be true or false')
  return value ?? false
}

/** The content of a tool_result: text, blocks, or nothing. Only its text is kept. */
export function readText (value: unknown, path: string): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) throw new RequestInvalid(path, 'must be text or a list of blocks')
  return value.map((item: unknown, i) => {
    const block = readObject(item, `${path}.${i}`)
    return readString(block.type, `${path}.${i}.type`) === 'text' ? readString(block.text, `${path}.${i}.text`) : ''
  }).join('')
}
