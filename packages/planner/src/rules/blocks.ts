import { tokenize, type Token } from './tokens.ts'
import { clauseStarts } from './verbs.ts'

/** What a message is made of, in its order. */
export type Block =
  | { kind: 'sentence', tokens: readonly Token[], question: boolean }
  | { kind: 'list', items: readonly Item[] }

export interface Item {
  /** What the person numbered it; its place otherwise. */
  number: number
  tokens: readonly Token[]
  /** Sentences and sub-items under it: they say more about it and are no tasks of their own. */
  details: string
}

interface Line {
  indent: number
  marker: string | null
  text: string
}

const markerPattern = /^(?:[-*•–—▪◦·‣]\s+(?:\[[ xX]?\]\s+)?|\[[ xX]?\]\s+|\(?\d{1,3}[.)]\s+|\(?[a-zA-Z][)]\s+|(?:step|task)\s+\d{1,3}\s*[:.)-]\s+)/i

export function readBlocks (text: string): Block[] {
  const blocks: Block[] = []
  let paragraph: string[] = []
  let items: { number: number, text: string, details: string[], indent: number }[] = []
  const closeParagraph = () => { blocks.push(...readParagraph(paragraph.join('\n'))); paragraph = [] }
  const closeList = () => {
    if (items.length > 0) blocks.push({ kind: 'list', items: items.map(readItem) })
    items = []
  }
  for (const line of text.split('\n').map(readLine)) {
    const last = items.at(-1)
    if (line.marker !== null) {
      closeParagraph()
      if (last && line.indent > (items[0]?.indent ?? 0) + 1) last.details.push(line.text)
      else items.push({ number: Number(/\d+/.exec(line.marker)?.[0] ?? items.length + 1), text: line.text, details: [], indent: line.indent })
    } else if (line.text !== '' && last && line.indent > last.indent) {
      last.details.push(line.text)
    } else if (line.text === '' && last) {
      // A blank line between items keeps the list; what follows decides.
    } else {
      closeList()
      paragraph.push(line.text)
    }
  }
  closeList()
  closeParagraph()
  return blocks
}

function readLine (line: string): Line {
  const indent = line.length - line.trimStart().length
  const body = line.trim()
  const found = markerPattern.exec(body)?.[0] ?? null
  // "1) … 2) …" on one line is a list inside a line.
  const inline = found !== null && ((/^\(?1[.)]/.test(found) && /\s\(?2[.)]\s/.test(body)) || (/^\(?a\)/i.test(found) && /\s\(?b\)\s/i.test(body)))
  const marker = inline ? null : found
  return { indent, marker, text: marker === null ? body : body.slice(marker.length) }
}

function readItem ({ number, text, details }: { number: number, text: string, details: readonly string[] }): Item {
  const inner = splitSentences(tokenize(text.replace(/\*\*/g, '')))
  const rest = inner.slice(1).map((sentence) => sentence.source)
  return { number, tokens: inner[0]?.tokens ?? [], details: [...rest, ...details].join(' ') }
}

function readParagraph (text: string): Block[] {
  if (text.trim() === '') return []
  const tokens = tokenize(text.replace(/\*\*/g, ''))
  const numbers = inlineMarks(tokens, (place) => String(place + 1))
  const marks = numbers.length > 0 ? numbers : inlineMarks(tokens, (place) => String.fromCharCode(97 + place))
  const sentences = (part: readonly Token[]) => splitSentences(part).map(({ tokens, question }) => ({ kind: 'sentence', tokens, question }) as const)
  const [first] = marks
  if (!first) return sentences(tokens)
  const items: Item[] = marks.map((mark, i) => ({ number: i + 1, tokens: trimEnd(tokens.slice(mark.to, marks[i + 1]?.from)), details: '' }))
  // Behind the last item the sentence ends the list, and the person goes on.
  const last = items.at(-1)
  const tail = last ? splitSentences(tokens.slice(marks.at(-1)?.to)) : []
  if (last) last.tokens = trimEnd(tail[0]?.tokens ?? [])
  return [...sentences(tokens.slice(0, first.from)), { kind: 'list', items }, ...tail.slice(1).map(({ tokens, question }) => ({ kind: 'sentence', tokens, question }) as const)]
}

/** Places of "1)", "2.", "(3)" or "a)" inside a line: they count only when they count up from the first. */
function inlineMarks (tokens: readonly Token[], label: (place: number) => string): { from: number, to: number }[] {
  const marks: { from: number, to: number }[] = []
  tokens.forEach((token, i) => {
    if (token.lower !== label(marks.length)) return
    const close = tokens[i + 1]
    if (!close || (close.text !== ')' && close.text !== '.') || close.spaced || tokens[i + 2] === undefined) return
    const open = tokens[i - 1]?.text === '('
    if (close.text === '.' && (!/^\d/.test(token.text) || !tokens[i + 2]?.spaced || !followsBreak(tokens, i))) return
    marks.push({ from: open ? i - 1 : i, to: i + 2 })
  })
  return marks.length > 1 ? marks : []
}

/** "version 1. 2 nodes" is no list: a number with a dot stands at the front or behind a mark, or before a capital or a verb. */
function followsBreak (tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1]
  return before === undefined || before.kind !== 'word' || /^\p{Lu}/u.test(tokens[at + 2]?.text ?? '') || clauseStarts(tokens, at + 2, false)
}

function trimEnd (tokens: readonly Token[]): Token[] {
  let end = tokens.length
  while (end > 0 && /^(?:[,;.:]|\n+|and|&)$/.test(tokens[end - 1]?.lower ?? '')) end--
  return tokens.slice(0, end).map((token) => ({ ...token, depth: Math.max(0, token.depth) }))
}

const abbreviations = /^(?:e\.g|i\.e|etc|vs|approx|incl|no|mr|mrs|dr)$/

interface Sentence {
  tokens: readonly Token[]
  question: boolean
  source: string
}

function splitSentences (tokens: readonly Token[]): Sentence[] {
  const sentences: Sentence[] = []
  let from = 0
  const close = (to: number, end: string) => {
    const part = tokens.slice(from, to).filter(({ kind }) => kind !== 'newline')
    if (part.some(({ kind }) => kind !== 'mark')) sentences.push({ tokens: part, question: end === '?', source: part.map(({ text, spaced }, i) => (spaced && i > 0 ? ' ' : '') + text).join('') + (end === '\n' ? '.' : end) })
    from = to + 1
  }
  tokens.forEach((token, i) => {
    if (i < from) return
    if (token.kind === 'newline') { if (breaksHere(tokens, i)) close(i, '\n') } else if (/^[.!?]$/.test(token.text) && token.depth === 0) {
      const next = tokens[i + 1]
      if (token.text === '.' && (abbreviations.test(tokens[i - 1]?.lower ?? '') && next !== undefined)) return
      if (next === undefined || next.spaced || next.kind === 'newline' || /^[.!?]$/.test(next.text)) close(i, token.text)
    }
  })
  close(tokens.length, '')
  return sentences
}

/** A line end ends a sentence unless the sentence plainly runs on: small letter, no verb in front. */
function breaksHere (tokens: readonly Token[], at: number): boolean {
  const newline = tokens[at]
  const next = tokens[at + 1]
  if (!next || !newline || newline.text.length > 1) return true
  if (/^[,:]$/.test(tokens[at - 1]?.text ?? '')) return tokens[at - 1]?.text === ':'
  if (/^(?:and|or|then)$/.test(next.lower)) return false
  return !/^\p{Ll}/u.test(next.text) || clauseStarts(tokens, at + 1, false)
}
