import { Type } from '@sinclair/typebox'
import { defineRead, type Toolkit } from '../../toolkit.ts'
import { strict } from '../outward/definition.ts'
import { outsideText } from '../outward/outside-text.ts'
import { parseAllowed } from './allow-list.ts'
import type { HttpDefinition } from './definition.ts'
import { get, openConnections, type Reach } from './get.ts'

/** Reads addresses of the operator's allow-list. It changes nothing: there is only GET, without a body and without credentials. */
export function createHttpToolkit ({ allow, timeout_seconds: seconds, max_bytes: sizeLimit }: HttpDefinition): Toolkit & { close: () => Promise<void> } {
  const connections = openConnections(seconds * 1_000)
  const reach: Reach = {
    connections,
    allow: allow.flatMap(({ url, private: open }) => {
      const parsed = parseAllowed(url)
      return typeof parsed === 'string' ? [] : [{ ...parsed, private: open }]
    }),
    timeLimit: seconds * 1_000,
    sizeLimit
  }
  return {
    id: 'http',
    close: async () => { await Promise.all([connections.public.destroy(), connections.any.destroy()]) },
    tools: [defineRead({
      name: 'http_get',
      description: `Read an address by HTTP GET. Allowed, with all below: ${allow.map(({ url }) => url).join(' ').slice(0, 2_000)}`,
      input: Type.Object({
        url: Type.String({ minLength: 1, maxLength: 2_000 }),
        accept: Type.Optional(Type.String({ maxLength: 200, pattern: '^[\\x20-\\x7e]+$', description: 'Media types wanted; any without it' }))
      }, strict),
      async run ({ url, accept = '*/*' }, { signal }) {
        const { url: from, status, contentType, body, cut } = await get(url, accept, reach, signal)
        const kind = contentType === '' ? 'no content type' : contentType.slice(0, 100)
        const summary = `HTTP ${status} from ${from}, ${body === null ? 'not text' : `${body.length} characters${cut ? ' and more' : ''}`}`
        const clean = outsideText(body ?? '', sizeLimit)
        const shown = body === null ? 'The body is not text and is not shown.' : `${clean}${cut ? `\n… the body is longer than ${sizeLimit} bytes; the rest was not read` : ''}`
        const json = !cut && /\bjson\b/i.test(contentType) ? parseJson(clean) : undefined
        return { summary, text: `${summary} (${kind})\n\n${shown}`, facts: { url: from, status, content_type: contentType, body: clean, ...(json !== undefined && { json }) } }
      }
    })]
  }
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
