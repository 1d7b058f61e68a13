import type { SecretFound } from './found.ts'
import { isPlaceholder } from './not-a-secret.ts'

const kind = 'Secret value'

/** The values of Kubernetes Secrets in a text: YAML of one or many documents, lists, JSON, JSON in a string. */
export function findSecretObjects (text: string): SecretFound[] {
  return text.includes('Secret') ? [...findInLines(text), ...findInBraces(text)] : []
}

interface Span { from: number, to: number }

/** A mapping of YAML, by the column its keys stand in. */
interface Mapping { column: number, isSecret: boolean, values: Span[], field: { entries: number, open: Span | undefined } | undefined }

const keyLine = /^([ \t]*(?:- +)*)(?:"([^"]{1,300})"|'([^']{1,300})'|([^\s"'#:{}[\],][^\s"'#:{}[\],]{0,299}))[ \t]*:(?=[ \t]|$)[ \t]*/

/** Line by line and not by a parser of YAML, so that templates, fragments and broken files are read as well, in one pass. */
function findInLines (text: string): SecretFound[] {
  const found: SecretFound[] = []
  const stack: Mapping[] = []
  const closeTo = (column: number) => {
    while ((stack.at(-1)?.column ?? -1) > column) {
      const { isSecret, values } = stack.pop()!
      if (isSecret) found.push(...values.filter(({ from, to }) => to > from && !isPlaceholder(unquoted(text.slice(from, to)))).map(({ from, to }) => ({ kind, index: from, length: to - from, certain: true })))
    }
  }
  let offset = 0
  for (const line of text.split('\n')) {
    const start = offset
    const end = start + line.trimEnd().length
    offset += line.length + 1
    const indent = line.length - line.trimStart().length
    if (indent === line.length) continue
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(line)) {
      closeTo(-1)
      continue
    }
    const field = stack.at(-1)?.field
    if (field && indent > stack.at(-1)!.column) {
      if (field.entries < 0) field.entries = indent
      const entry = indent <= field.entries ? keyLine.exec(line) : null
      if (line[indent] === '#' && indent <= field.entries) continue
      if (entry || !field.open) {
        const from = entry ? start + entry[0].length : start + indent
        field.open = { from: /^[|>][-+0-9]{0,2}(?:\s|$)/.test(text.slice(from, from + 4)) ? end : from, to: end }
        stack.at(-1)!.values.push(field.open)
      } else {
        // The first line of a block stands below the sign that begins it.
        if (field.open.from === field.open.to) field.open.from = start + indent
        field.open.to = end
      }
      continue
    }
    closeTo(indent)
    const key = keyLine.exec(line)
    if (!key) continue
    const column = key[1]!.length
    if (stack.at(-1)?.column !== column) stack.push({ column, isSecret: false, values: [], field: undefined })
    const mapping = stack.at(-1)!
    const name = key[2] ?? key[3] ?? key[4]!
    const value = line.slice(key[0].length).trim()
    mapping.field = undefined
    if (name === 'kind') mapping.isSecret = /^["']?Secret["']?(?:\s+#.*)?$/.test(value)
    if (name !== 'data' && name !== 'stringData') continue
    const from = start + key[0].length
    const inBraces = /^\{(?!\{)(.*)\}$/.exec(value)?.[1]
    if (inBraces !== undefined) mapping.values.push({ from: from + 1, to: from + 1 + inBraces.length })
    else if (/^(?:\{\s*)?(?:#.*)?$/.test(value)) mapping.field = { entries: -1, open: undefined }
    else mapping.values.push({ from, to: end })
  }
  closeTo(-1)
  return found
}

/** An object in braces; `owner` is the one whose data it is. */
interface Braces { isSecret: boolean, values: Span[], owner: Braces | undefined }

const token = /(?<!\\)(\\{0,7})(["'])|[{}[\],:\n]|[^\s"'{}[\],:\\]{1,4000}/g
const deepest = 4

/** JSON, and YAML in braces. A string is passed over as one token, and looked into when it holds JSON of its own. */
function findInBraces (text: string, base = 0, depth = 0): SecretFound[] {
  const found: SecretFound[] = []
  const stack: Braces[] = []
  const unclosed = new Map<string, number>()
  const leave = () => {
    const left = stack.pop()
    if (left?.isSecret) found.push(...left.values.map(({ from, to }) => ({ kind, index: base + from, length: to - from, certain: true })))
  }
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
        found.push(...findInBraces(inner, base + from, depth + 1))
        token.lastIndex = resume
      } else token.lastIndex = to + sign.length
    } else if (sign === '{') {
      const isData = key === 'data' || key === 'stringData'
      stack.push({ isSecret: false, values: [], owner: top?.owner ?? (isData ? top : undefined) })
      key = last = undefined
    } else if (sign === '}') {
      leave()
      key = last = undefined
    } else if (sign === ':') key = last
    else if (sign === ',' || sign === '[' || sign === ']') {
      if (sign === ',') key = undefined
      last = undefined
    } else if (sign !== '\n') word = { from: match.index, to: match.index + sign.length }
    if (!word || !stack.at(-1)) continue
    const value = text.slice(word.from, word.to)
    const { owner } = stack.at(-1)!
    if (key === undefined) last = value.slice(0, 300)
    else {
      if (key === 'kind' && value === 'Secret') stack.at(-1)!.isSecret = true
      if (owner && value !== '' && !isPlaceholder(value)) owner.values.push(word)
    }
  }
  while (stack.length > 0) leave()
  return found
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
