import type { CallToolResult } from '@modelcontextprotocol/client'
import { outsideText } from '../outward/outside-text.ts'

/** Characters of one answer. */
const resultLimit = 100_000

/** What a tool answered, as text. Pictures, sounds and other bytes are named and not shown; no address in it is followed. */
export function resultText ({ content, structuredContent }: CallToolResult, hide: (text: string) => string): string {
  const parts = content.map((block) => {
    switch (block.type) {
      case 'text': return block.text
      case 'image':
      case 'audio': return `[${block.type}, ${block.mimeType}, not shown]`
      case 'resource_link': return `[resource ${block.name}: ${block.uri}]`
      case 'resource': return 'text' in block.resource ? `[resource ${block.resource.uri}]\n${block.resource.text}` : `[resource ${block.resource.uri}, not text, not shown]`
      default: return '[something that cannot be shown]'
    }
  })
  // Servers repeat what is structured as text for clients that take nothing else.
  if (structuredContent !== undefined && !content.some(({ type }) => type === 'text')) parts.push(JSON.stringify(structuredContent))
  return outsideText(hide(parts.join('\n')), resultLimit) || 'It answered nothing.'
}
