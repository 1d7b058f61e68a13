import { categoryOf } from './categories.ts'
import { places, spaced, wherePhrase } from './drafts.ts'
import { readFront } from './front.ts'
import { determiners, finiteVerbs } from './lexicon.ts'
import { components } from './phrases.ts'
import { tokenize, type Token } from './tokens.ts'
import { clauseStarts, knownVerb, verbAtFront } from './verbs.ts'

/** What a message is made of, in its order. */
export type Block =
  /** `heading`: the level of a line of its own above others, which never is work itself. `said`: the person's words, where a correction has changed the tokens. `open`: no mark ends it, as above a list. */
  | { kind: 'sentence', tokens: readonly Token[], question: boolean, heading?: number, open?: boolean, said?: string }
  | { kind: 'list', items: readonly Item[] }

export interface Item {
  /** What the person numbered it; its place otherwise. */
  number: number
  tokens: readonly Token[]
  /** It is written as a step of several, so it comes after the one above. */
  step?: true
  /** Sentences and sub-items under it: they say more about it and are no tasks of their own. */
  details: string
  /** The item above that only names what this one and its neighbours belong to: "Security", "staging:". */
  group?: readonly Token[]
}

interface Line {
  indent: number
  marker: string | null
  text: string
  /** "[x]": done already, and asked of nobody. */
  ticked: boolean
}

interface Entry {
  number: number
  step: boolean
  text: string
  indent: number
  details: { text: string, marked: boolean }[]
}

const markerPattern = /^(?:[-*•–—▪◦·‣]\s+(?:\[[ xX]?\]\s+)?|\[[ xX]?\]\s+|\(?\d{1,3}[.)]\s+|\(?[a-zA-Z][)]\s+|[a-h]\.\s+|(?:step|task)\s+\d{1,3}\s*[:.)-]\s+)/i

export function readBlocks (text: string): Block[] {
  const blocks: Block[] = []
  let paragraph: string[] = []
  let items: Entry[] = []
  const closeParagraph = () => { blocks.push(...readParagraph(paragraph.join('\n'))); paragraph = [] }
  const closeList = () => {
    if (items.length > 0) blocks.push({ kind: 'list', items: items.flatMap(readItems) })
    items = []
  }
  for (const line of readTables(text.split('\n')).map(readLine)) {
    const last = items.at(-1)
    const heading = /^#{1,6} +(?=\S)/.exec(line.text)
    if (line.ticked) {
      closeParagraph()
    } else if (heading && line.marker === null) {
      closeList()
      closeParagraph()
      blocks.push({ kind: 'sentence', tokens: tokenize(line.text.slice(heading[0].length)), question: false, heading: heading[0].trim().length })
    } else if (line.marker !== null) {
      closeParagraph()
      if (last && line.indent > (items[0]?.indent ?? 0) + 1) last.details.push({ text: line.text, marked: true })
      else items.push({ number: numberOf(line.marker) ?? items.length + 1, step: /^step/i.test(line.marker), text: line.text, details: [], indent: line.indent })
    } else if (line.text !== '' && last && line.indent > last.indent) {
      last.details.push({ text: line.text, marked: false })
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
  const inline = found !== null && ((/^\(?1[.)]/.test(found) && /\s\(?2[.)]\s/.test(body)) || (/^\(?a\)/i.test(found) && /\s\(?b\)\s/i.test(body)) || (/^step/i.test(found) && /\W(?:and |then )?step 2\W/i.test(body)))
  const marker = inline ? null : found
  return { indent, marker, text: marker === null ? body : body.slice(marker.length), ticked: marker !== null && /\[x\]/i.test(marker) }
}

function numberOf (marker: string): number | null {
  const digits = /\d+/.exec(marker)?.[0]
  const letter = /^\(?([a-z])[.)]/i.exec(marker)?.[1]
  return digits !== undefined ? Number(digits) : letter === undefined ? null : letter.toLowerCase().charCodeAt(0) - 96
}

/** The rows of a Markdown table as items of a list: the first cell that is a request, and the others as what more is known. */
function readTables (lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => isRule(line))) return lines
  return lines.flatMap((line, i) => {
    if (!line.trimStart().startsWith('|')) return [line]
    if (isRule(line) || isRule(lines[i + 1] ?? '')) return []
    const cells = line.split('|').map((cell) => cell.trim()).filter((cell) => cell !== '')
    const at = cells.findIndex((cell) => clauseStarts(tokenize(cell.slice(0, 200)), 0, false))
    // Rows of figures are no requests.
    if (at === -1) return [`${cells.join(', ')}.`]
    return [`- ${cells[at] ?? ''}`, ...cells.filter((_, place) => place !== at).map((cell) => `  ${cell}`)]
  })
}

function isRule (line: string): boolean {
  return /^\s*\|[\s:|-]*-[\s:|-]*$/.test(line)
}

/** An item with what stands under it; where it only names a group of requests, each of these. */
function readItems ({ number, step, text, details }: Entry): Item[] {
  const inner = splitSentences(tokenize(text.replace(/\*\*/g, '')))
  const rest = inner.slice(1).map((sentence) => sentence.source)
  const tokens = inner[0]?.tokens ?? []
  const under = details.filter(({ marked }) => marked).map((detail) => splitSentences(tokenize(detail.text.replace(/\*\*/g, ''))))
  const requests = under.filter(([first]) => first && clauseStarts(first.tokens, 0, false)).length
  const things = under.length > 0 && under.every((sentences) => sentences.length === 1 && isThing(sentences[0]?.tokens ?? []))
  // "Deploy:" with things under it
  if (things && rest.length === 0 && isBareVerb(tokens)) return under.flatMap(([first], i) => first ? [{ number: i + 1, tokens: [...tokens.filter(({ kind }) => kind !== 'mark'), ...first.tokens.map((token, j) => j === 0 ? { ...token, spaced: true } : token)], details: '' }] : [])
  // "Set up monitoring" with "for staging" and "for prod" under it
  const wheres = under.length > 1 && under.length === details.length && rest.length === 0 && under.every(([first, second]) => first && !second && first.tokens.length <= 4 && /^(?:for|in|on|to)$/.test(first.tokens[0]?.lower ?? '') && wherePhrase([...tokens, ...first.tokens]).length > 0)
  if (wheres && verbAtFront(tokens, readFront(tokens).at)) return under.flatMap(([first], i) => first ? [{ number: i + 1, tokens: [...trimEnd(tokens), ...spaced(first.tokens)], details: '' }] : [])
  const gathers = rest.length === 0 && (requests > 0 ? requests * 2 >= under.length : things && namesNoThing(tokens, under.length > 1))
  const group = gathers ? groupIn(tokens, requests === under.length && requests > 1) : null
  if (group) return under.flatMap(([first, ...others], i) => first ? [{ number: i + 1, tokens: first.tokens, details: others.map(({ source }) => source).join(' '), group }] : [])
  return [{ number, ...(step && { step }), tokens, details: [...rest, ...details.map((detail) => detail.text)].join(' ') }]
}

/** "prometheus", "network policies", "trivy scan": what is delivered by itself, and not how something is to be: "two replicas", "nightly". */
function isThing (tokens: readonly Token[]): boolean {
  const words = tokens.filter(({ kind }) => kind !== 'mark')
  const head = words.at(-1)?.lower ?? ''
  return words.length > 0 && words.length <= 4 && words.length === tokens.length && !/^(?:\d|one$|two$|three$|four$|five$|six$|no$|with|without|for$|in$|on$|to$|at$|every|each|use$|only$)/.test(words[0]?.lower ?? '') && !words.some(({ lower }) => finiteVerbs.has(lower)) && (components.has(head) || categoryOf(words, words.length) !== 'general')
}

/** "Monitoring" and "Security" gather; "Redis" is a thing itself, and what stands under it says more about it. */
function namesNoThing (tokens: readonly Token[], several: boolean): boolean {
  return (several || tokens.at(-1)?.text === ':' || tokens.every(({ lower }) => places.has(lower))) && tokens.length <= 4 && !tokens.some(({ lower }) => components.has(lower) || determiners.has(lower))
}

function isBareVerb (tokens: readonly Token[]): boolean {
  const { at } = readFront(tokens)
  const verb = knownVerb(tokens, at)
  return verb !== null && tokens.slice(at + verb.length).every(({ kind }) => kind === 'mark') && tokens.at(-1)?.text === ':'
}

const fields = /^(?:infra|infrastructure|security|ci\/cd|ci|cd|cicd|platform|backend|frontend|observability|operations|ops|networking|network|storage|development|everything|things)$/

/** What an item names that only gathers those under it: "Security", or, where all of these ask for something, also "Prepare staging:" and "Set up security". */
function groupIn (tokens: readonly Token[], allAsk: boolean): readonly Token[] | null {
  const verb = verbAtFront(tokens, readFront(tokens).at)
  const names = tokens.filter(({ kind }) => kind !== 'mark')
  if (!verb) return names.length <= 4 ? tokens : null
  const object = names.slice(readFront(tokens).at + verb.length).filter(({ lower }) => !determiners.has(lower))
  const gathers = object.every(({ lower }) => fields.test(lower) || places.has(lower))
  return allAsk && object.length <= 4 && (gathers || tokens.at(-1)?.text === ':') ? tokens.slice(readFront(tokens).at + verb.length) : null
}

function readParagraph (text: string): Block[] {
  if (text.trim() === '') return []
  const tokens = tokenize(text.replace(/\*\*/g, ''))
  const numbers = inlineMarks(tokens, (place) => String(place + 1))
  const marks = numbers.length > 0 ? numbers : inlineMarks(tokens, (place) => String.fromCharCode(97 + place))
  const sentences = (part: readonly Token[]) => splitSentences(part).map(({ tokens, question, open }) => ({ kind: 'sentence', tokens, question, open }) as const)
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
  /** No mark ends it. */
  open: boolean
  source: string
}

function splitSentences (tokens: readonly Token[]): Sentence[] {
  const sentences: Sentence[] = []
  let from = 0
  const close = (to: number, end: string) => {
    const part = tokens.slice(from, to).filter(({ kind }) => kind !== 'newline')
    if (part.some(({ kind }) => kind !== 'mark')) sentences.push({ tokens: part, question: end === '?', open: end === '\n' || end === '', source: part.map(({ text, spaced }, i) => (spaced && i > 0 ? ' ' : '') + text).join('') + (end === '\n' ? '.' : end) })
    from = to + 1
  }
  tokens.forEach((token, i) => {
    if (i < from) return
    if (token.kind === 'newline') { if (breaksHere(tokens, i)) close(i, '\n') } else if (/^[.!?]$/.test(token.text) && token.depth === 0) {
      const next = tokens[i + 1]
      if (token.text === '.' && abbreviations.test(tokens[i - 1]?.lower ?? '') && next !== undefined && (tokens[i - 1]?.lower !== 'no' || /^\d/.test(next.text))) return
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
