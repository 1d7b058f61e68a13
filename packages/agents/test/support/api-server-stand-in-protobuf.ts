import type { Fields } from './api-server-stand-in-fields.ts'

/** Field number of each field of one message, and of a map's entries, in their order. */
type Read = Map<number, Buffer[]>

/**
 * A Secret as Go clients send one: helm keeps its releases in them and sends no JSON. Anything else is answered by nothing, as the options of a
 * deletion, which helm leaves at their defaults.
 */
export function decodeProtobuf (bytes: Buffer): Fields {
  const envelope = fieldsOf(bytes.subarray(4))
  if (text(fieldsOf(first(envelope, 1)), 2) !== 'Secret') return {}
  const secret = fieldsOf(first(envelope, 2))
  const metadata = fieldsOf(first(secret, 1))
  const optional = { namespace: text(metadata, 3), uid: text(metadata, 5), resourceVersion: text(metadata, 6) }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: text(metadata, 1), ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== '')), labels: mapOf(metadata, 11, 'utf8'), annotations: mapOf(metadata, 12, 'utf8') },
    data: mapOf(secret, 2, 'base64'),
    type: text(secret, 3)
  }
}

function mapOf (message: Read, field: number, encoding: 'utf8' | 'base64'): Fields {
  return Object.fromEntries((message.get(field) ?? []).map(fieldsOf).map((entry) => [text(entry, 1), first(entry, 2).toString(encoding)]))
}

function text (message: Read, field: number): string {
  return first(message, field).toString('utf8')
}

function first (message: Read, field: number): Buffer {
  return message.get(field)?.[0] ?? Buffer.alloc(0)
}

function fieldsOf (bytes: Buffer): Read {
  const fields: Read = new Map()
  for (let at = 0; at < bytes.length;) {
    const [tag, afterTag] = varint(bytes, at)
    const [length, afterLength] = varint(bytes, afterTag)
    if (tag % 8 !== 2) at = afterLength
    else {
      fields.set(tag >> 3, [...fields.get(tag >> 3) ?? [], bytes.subarray(afterLength, afterLength + length)])
      at = afterLength + length
    }
  }
  return fields
}

function varint (bytes: Buffer, start: number): [value: number, after: number] {
  let value = 0
  for (let at = start, scale = 1; at < bytes.length; at++, scale *= 128) {
    value += (bytes[at]! & 127) * scale
    if (bytes[at]! < 128) return [value, at + 1]
  }
  return [value, bytes.length]
}
