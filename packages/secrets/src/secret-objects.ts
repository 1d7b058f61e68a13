import type { SecretFound } from './found.ts'
import { isOnlyPlaces, isPlaceholder } from './not-a-secret.ts'

const kind = 'Secret value'

/** The values of Kubernetes Secrets in a text: YAML of one or many documents, lists, JSON, JSON in a string. */
export function findSecretObjects (text: string): SecretFound[] {
  return text.includes('Secret') || escapes.test(text) ? [...findInLines(text), ...findInBraces(text).found] : []
}

/** How a string in double quotes may write any letter. */
const escapes = /\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})/i

function meant (name: string): string {
  return name.replaceAll(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))/gi, (_, ...codes: Array<string | undefined>) => {
    const code = Number.parseInt(codes.slice(0, 3).find((each) => each !== undefined)!, 16)
    return code > 0x10FFFF ? '' : String.fromCodePoint(code)
  })
}

interface Span { from: number, to: number }

/** A mapping of YAML, by the column its keys stand in. */
interface Mapping {
  column: number
  isSecret: boolean
  /** A list of Secrets, whose items need not say that they are: those whose values are kept aside since then are its own. */
  isList: boolean
  since: number
  values: Span[]
  /** Anchors whose values are its own by an alias. */
  aliases: string[]
  /** What stands below the key before, and where its values go. */
  field: { entries: number, open: Span | undefined, values: Span[] } | undefined
  /** Its kind stands on the next line. */
  kindBelow: boolean
}

const keyLine = /^([ \t]*(?:- +)*)(?:"([^"]{1,300})"|'([^']{1,300})'|([^\s"'#:{}[\],][^\s"'#:{}[\],]{0,299}))[ \t]*:(?=[ \t]|$)[ \t]*/
/** Tags and anchors, which stand before a value and are none of it. */
const properties = /^(?:[&!]\S{0,200}(?:[ \t]+|$)){0,4}/
const secretKind = /^["']?Secret(List)?["']?(?:\s+#.*)?$/
const flowLimit = 64_000

/** Line by line and not by a parser of YAML, so that templates, fragments and broken files are read as well, in one pass. */
function findInLines (text: string): SecretFound[] {
  const found: SecretFound[] = []
  const stack: Mapping[] = []
  const aside: Span[] = []
  const anchors = new Map<string, RegExpExecArray>()
  const ofAnchors = new Map<string, Span[]>()
  let flowEnd = 0
  const add = (values: readonly Span[]) => {
    found.push(...values.filter(({ from, to }) => to > from && !isOnlyPlaces(unquoted(text.slice(from, to)))).map(({ from, to }) => ({ kind, index: from, length: to - from, certain: true })))
  }
  const closeTo = (column: number) => {
    while ((stack.at(-1)?.column ?? -1) > column) {
      const { isSecret, isList, since, values, aliases } = stack.pop()!
      if (isSecret) {
        add(values)
        for (const alias of aliases) {
          add(ofAnchors.get(alias) ?? [])
          ofAnchors.delete(alias)
        }
      } else aside.push(...values)
      if (isList) add(aside.splice(since))
    }
  }
  const nameKind = (mapping: Mapping, value: string) => {
    const alias = /^\*(\S{1,200})$/.exec(value)?.[1]
    const named = alias === undefined ? secretKind.exec(value.startsWith('"') ? meant(value) : value) : anchors.get(alias)
    if (named) mapping[named[1] ? 'isList' : 'isSecret'] = true
  }
  let offset = 0
  for (const line of text.split('\n')) {
    const start = offset
    const end = start + line.trimEnd().length
    offset += line.length + 1
    const indent = line.length - line.trimStart().length
    if (indent === line.length) continue
    // Within a block it ends a document of the block.
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(line.slice(indent))) closeTo(indent - 1)
    else closeTo(indent)
    // Each of them is further left than this line is indented, so that all lines together are looked at no more often than they have characters.
    for (const { column, field } of stack) {
      if (field && indent > column) enter(line, start, end, field)
    }
    const top = stack.at(-1)
    if (top?.kindBelow && indent > top.column) {
      nameKind(top, line.trim())
      top.kindBelow = false
    }
    const key = keyLine.exec(line)
    if (!key) continue
    const column = key[1]!.length
    if (top?.column !== column) stack.push({ column, isSecret: false, isList: false, since: aside.length, values: [], aliases: [], field: undefined, kindBelow: false })
    const mapping = stack.at(-1)!
    const name = key[2] === undefined ? key[3] ?? key[4]! : meant(key[2])
    const before = properties.exec(line.slice(key[0].length))![0]
    const value = line.slice(key[0].length + before.length).trim()
    const from = start + key[0].length + before.length
    const anchored = secretKind.exec(value)
    if (anchored && before.includes('&')) anchors.set(/&(\S*)/.exec(before)![1]!, anchored)
    mapping.field = undefined
    if (name === 'kind') {
      nameKind(mapping, value)
      mapping.kindBelow = /^(?:[|>][-+0-9]{0,2})?(?:\s*#.*)?$/.test(value)
    }
    const isData = name === 'data' || name === 'stringData'
    const anchor = /&(\S+)/.exec(before)?.[1]
    if ((!isData && anchor === undefined) || from < flowEnd) continue
    const values = isData ? mapping.values : []
    if (anchor !== undefined) ofAnchors.set(anchor, values)
    const alias = isData ? /^\*(\S{1,200})(?:\s+#.*)?$/.exec(value)?.[1] : undefined
    if (alias !== undefined) mapping.aliases.push(alias)
    else if (value.startsWith('{') && !value.startsWith('{{')) {
      const { values: own, end: closed } = entriesOf(text, from)
      for (const each of own) values.push(each)
      flowEnd = closed
    } else if (value === '' || value.startsWith('#')) mapping.field = { entries: -1, open: undefined, values }
    else if (isData) values.push({ from, to: end })
  }
  closeTo(-1)
  return found

  function enter (line: string, start: number, end: number, field: NonNullable<Mapping['field']>): void {
    const indent = line.length - line.trimStart().length
    if (field.entries < 0) field.entries = indent
    const entry = indent <= field.entries ? keyLine.exec(line) : null
    if (line[indent] === '#' && indent <= field.entries) return
    if (entry || !field.open) {
      const from = entry ? start + entry[0].length : start + indent
      field.open = { from: /^[|>][-+0-9]{0,2}(?:\s|$)/.test(text.slice(from + properties.exec(text.slice(from, Math.max(from, end)))![0].length).slice(0, 4)) ? end : from, to: end }
      field.values.push(field.open)
    } else {
      // The first line of a block stands below the sign that begins it.
      if (field.open.from === field.open.to) field.open.from = start + indent
      field.open.to = end
    }
  }
}

/** The values of a mapping in braces that begins there, and where it ends. */
function entriesOf (text: string, from: number): { values: Span[], end: number } {
  const braces: Braces = { isSecret: false, isList: false, since: 0, values: [], owner: undefined }
  const end = findInBraces(text.slice(from, from + flowLimit), from, 0, braces).end
  return { values: braces.values.map((value) => ({ from: from + value.from, to: from + value.to })), end: from + end }
}

/** An object in braces; `owner` is the one whose data it is. */
interface Braces { isSecret: boolean, isList: boolean, since: number, values: Span[], owner: Braces | undefined }

const token = /\$?\{\{[^{}\n]{0,300}\}\}|\$\{[^{}\n]{0,300}\}|\[redacted: [^\]\n]{1,80}\]|(?<!\\)(\\{0,7})(["'])|[{}[\],:\n]|[^\s"'{}[\],:\\]{1,4000}/g
const deepest = 4

/** JSON, and YAML in braces. A string is passed over as one token, and looked into when it holds JSON of its own. */
function findInBraces (text: string, base = 0, depth = 0, only?: Braces): { found: SecretFound[], end: number } {
  const found: SecretFound[] = []
  const stack: Braces[] = []
  const aside: Span[] = []
  const unclosed = new Map<string, number>()
  const leave = () => {
    const left = stack.pop()
    if (!left) return
    const values = left.isSecret ? left.values : []
    if (!left.isSecret) aside.push(...left.values)
    if (left.isList) values.push(...aside.splice(left.since))
    found.push(...values.map(({ from, to }) => ({ kind, index: base + from, length: to - from, certain: true })))
  }
  // A part of an object, without its braces.
  if (!only && depth === 0 && /^\s{0,80}"[\w.-]{1,80}"\s{0,8}:/.test(text)) stack.push({ isSecret: false, isList: false, since: 0, values: [], owner: undefined })
  let key: string | undefined
  let last: string | undefined
  let lineEnd = -1
  token.lastIndex = 0
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const sign = match[0]
    const top = stack.at(-1)
    let word: Span | undefined
    if (match[2] !== undefined) {
      if (match[2] === "'" && match.index > 0 && !/[\s,:{[(]/.test(text[match.index - 1]!)) continue
      const from = match.index + sign.length
      if (lineEnd < from) lineEnd = text.indexOf('\n', from) < 0 ? text.length : text.indexOf('\n', from)
      if ((unclosed.get(sign) ?? -1) >= from) continue
      const to = closeOf(text, sign, from, lineEnd)
      if (to < 0) {
        unclosed.set(sign, lineEnd)
        continue
      }
      word = { from, to }
      const inner = text.slice(from, to)
      if (depth < deepest && inner.includes('Secret') && inner.includes('{')) {
        const resume = to + sign.length
        found.push(...findInBraces(inner, base + from, depth + 1).found)
        token.lastIndex = resume
      } else token.lastIndex = to + sign.length
    } else if (sign === '{') {
      const isData = key === 'data' || key === 'stringData'
      stack.push({ isSecret: false, isList: false, since: aside.length, values: [], owner: only ?? top?.owner ?? (isData ? top : undefined) })
      key = last = undefined
    } else if (sign === '}') {
      leave()
      key = last = undefined
      if (only && stack.length === 0) return { found, end: match.index + 1 }
    } else if (sign === ':') key = last
    else if (sign === ',' || sign === '[' || sign === ']') {
      if (sign === ',') key = undefined
      last = undefined
    } else if (sign !== '\n') word = { from: match.index, to: match.index + sign.length }
    if (!word || !stack.at(-1)) continue
    const value = meant(text.slice(word.from, word.to))
    const { owner } = stack.at(-1)!
    if (key === undefined) last = value.slice(0, 300)
    else {
      if (key === 'kind' && value === 'Secret') stack.at(-1)!.isSecret = true
      if (key === 'kind' && value === 'SecretList') stack.at(-1)!.isList = true
      if (owner && value !== '' && !isPlaceholder(value)) owner.values.push(word)
    }
  }
  while (stack.length > 0) leave()
  return { found, end: text.length }
}

/** Where the string that `sign` began ends on its line: at the same quote, escaped just as often; -1 where it does not. */
function closeOf (text: string, sign: string, from: number, lineEnd: number): number {
  const mark = sign.at(-1)!
  for (let at = text.indexOf(mark, from); at >= 0 && at < lineEnd; at = text.indexOf(mark, at + 1)) {
    let slashes = 0
    while (text[at - 1 - slashes] === '\\' && at - slashes > from) slashes++
    if (sign.length === 1 ? slashes % 2 === 0 : slashes === sign.length - 1) return at - (sign.length - 1)
  }
  return -1
}

function unquoted (value: string): string {
  return value.replace(/^(["'])(.*)\1$/s, '$2')
}
