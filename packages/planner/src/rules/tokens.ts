/** One word, number, quoted text or punctuation mark, with what is needed to write the sentence again. */
export interface Token {
  text: string
  lower: string
  kind: 'word' | 'quote' | 'mark' | 'newline'
  /** Whether space stood before it. */
  spaced: boolean
  /** How many brackets it stands in. */
  depth: number
}

/** Every alternative is linear: a separator is never a word character, and quotes are bounded. */
const pattern = new RegExp([
  '(?<newline>\\n+)',
  '(?<quote>`[^`\\n]{1,300}`|"[^"\\n]{1,300}"|(?<![\\p{L}\\p{N}])\'[^\'\\n]{1,300}\'(?![\\p{L}\\p{N}])|https?://[^\\s<>"]{1,500})',
  "(?<word>(?:--|[./@$~#])?[\\p{L}\\p{N}_](?:[\\p{L}\\p{M}\\p{N}_%]|[.\\-/:'@+#&=*][\\p{L}\\p{N}_])*(?:\\+\\+|#)?)",
  '(?<mark>->|=>|\\S)'
].join('|'), 'gu')

/** What people in a hurry write for a word. Only as written: "R" is a language. */
const shorthand: ReadonlyMap<string, string> = new Map([['u', 'you'], ['r', 'are'], ['ur', 'your'], ['n', 'and'], ['chk', 'check'], ['b4', 'before'], ['smth', 'something'], ['whats', "what's"], ['cant', "can't"], ['wont', "won't"], ['im', "i'm"]])

/** Words of a message considered at most; the rest is not read. */
export const maxTokens = 4_000

export function tokenize (text: string): Token[] {
  const tokens: Token[] = []
  let end = 0
  let depth = 0
  for (const match of text.matchAll(pattern)) {
    const { newline, quote, word } = match.groups ?? {}
    const [found] = match
    const kind = newline !== undefined ? 'newline' : quote !== undefined ? 'quote' : word !== undefined ? 'word' : 'mark'
    if (found === ')' || found === ']') depth = Math.max(0, depth - 1)
    tokens.push({ text: found, lower: shorthand.get(found) ?? found.toLowerCase(), kind, spaced: match.index > end, depth })
    if (found === '(' || found === '[') depth++
    end = match.index + found.length
    if (tokens.length >= maxTokens) break
  }
  return tokens
}

/** The tokens as text again, on one line. */
export function render (tokens: readonly Token[]): string {
  return tokens.map((token, i) => (i > 0 && (token.spaced || token.kind === 'newline') ? ' ' : '') + (token.kind === 'newline' ? '' : token.text)).join('').replace(/ {2,}/g, ' ').trim()
}

/** Text that begins with a capital. */
export function sentence (text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function isWord (token: Token | undefined): token is Token {
  return token?.kind === 'word'
}

/** How many tokens at `at` spell one of the phrases, the longest first; 0 for none. */
export function matchPhrase (tokens: readonly Token[], at: number, phrases: PhraseTable): number {
  const candidates = phrases.get(tokens[at]?.lower ?? '')
  if (!candidates) return 0
  for (const words of candidates) {
    if (words.every((word, i) => tokens[at + i]?.lower === word)) return words.length
  }
  return 0
}

export type PhraseTable = ReadonlyMap<string, readonly (readonly string[])[]>

/** Phrases by their first word, longest first. */
export function phraseTable (phrases: readonly string[]): PhraseTable {
  const table = new Map<string, string[][]>()
  for (const phrase of phrases) {
    const words = phrase.split(' ')
    const first = words[0] ?? ''
    table.set(first, [...table.get(first) ?? [], words].sort((a, b) => b.length - a.length))
  }
  return table
}

/** Words of a lexicon, written as one string. */
export function words (list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/))
}
