import type { ChatEvent, Message, Task } from '@cortex/contracts'
import { plainText } from './projection.ts'

/** What a search looks at, and what it shows of it. */
export interface Findable {
  readonly kind: 'title' | 'message' | 'task'
  readonly id: string
  readonly at: string
  readonly text: string
}

/** Characters of one text that are searched. */
const longest = 100_000
/** Scripts that are written without spaces: each sign is a word of its own. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu
/** Words a search looks for. */
const mostWords = 16

/** The words of a text as both stores index them: lower case, without accents. Their own ways to split text differ. */
export function wordsOf (text: string): string[] {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(unspaced, ' $& ').match(/[\p{L}\p{N}]+/gu) ?? []
}

/** What is looked for; each is the beginning of a word. */
export function searchedWords (text: string): string[] {
  return [...new Set(wordsOf(text))].slice(0, mostWords)
}

/** A message is searched once it is whole: indexing each piece of a reply anew would cost more than writing it. */
export function findableMessage (event: ChatEvent, message: Message): Findable | null {
  if (message.status === 'streaming' || event.type === 'TOOL_CALL_RESULT') return null
  return { kind: 'message', id: message.id, at: message.created_at, text: plainText(message).slice(0, longest) }
}

export function findableTask ({ id, payload: { title, query }, metadata, result, error }: Task): Findable {
  const text = [title, query === title ? '' : query, result?.summary, result?.report, ...result?.evidence.map(({ claim }) => claim) ?? [], error?.message]
  return { kind: 'task', id, at: metadata.created_at, text: text.filter(Boolean).join('\n').slice(0, longest) }
}

const around = 80

/** The text around the first word that was found, on one line. */
export function snippetOf (text: string, words: readonly string[]): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const plain = [...line].map((sign) => sign.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()[0] ?? ' ').join('')
  const signs = [...line]
  const first = Math.min(...words.map((word) => startOfWord(plain, word)).filter((at) => at >= 0))
  const from = Number.isFinite(first) ? Math.max(0, first - around) : 0
  const to = from + 2 * around + 40
  return `${from > 0 ? '…' : ''}${signs.slice(from, to).join('').trim()}${to < signs.length ? '…' : ''}`
}

/** In signs, or -1. */
function startOfWord (plain: string, word: string): number {
  for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(plain[at - 1] ?? '') || /[^\p{ASCII}]/u.test(word)) return at
  }
  return -1
}
