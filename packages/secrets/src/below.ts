import { isSecretBlock, isSecretValue, namesMany } from './names.ts'
import { isExpression, looksGenerated } from './not-a-secret.ts'
import { columnOf, elementsOf, indentOf, valueLimit, valueOf } from './value.ts'

/** Lines of a block, and characters. */
const blockLimit = 200
const lengthLimit = 20_000
/** Lines a string goes on for, and fields of what has the name are looked for in. */
const nearLimit = 30

/** What has a secret's name: the word of it, the sign behind it, whether it begins its line, and where in the text its value and the end of the line are. */
export interface Assigned { word: string, sign: string, alone: boolean, line: string, index: number, end: number }

interface Span { index: number, length: number }

/** The value of a secret's name that is not, or not whole, on the line of the name: a block, a heredoc, a string of many lines, the next line, a field below. */
export function findBelow (text: string, assigned: Assigned): Span[] | undefined {
  const items = [...itemsBelow(text, assigned), ...listOver(text, assigned)]
  const span = items.length > 0 ? undefined : spanBelow(text, assigned)
  return span ? [span] : items.length > 0 ? items : undefined
}

function spanBelow (text: string, { word, sign, alone, line, index, end }: Assigned): Span | undefined {
  const rest = text.slice(index, Math.min(end, index + 200)).trim()
  const label = /^<<[-~]?[ \t]*(["']?)(\w{1,40})\1$/.exec(rest)?.[2]
  if (label !== undefined) return blockOf(word, linesFrom(text, end, blockLimit), end, (each) => each.trim() === label)
  if (alone && /^(?:[&!]\S{1,100}[ \t]+)?[|>][-+0-9]{0,2}(?:[ \t]+#.*)?$/.test(rest)) {
    return blockOf(word, linesFrom(text, end, blockLimit), end, (each) => each.trim() !== '' && indentOf(each) <= columnOf(line))
  }
  const open = /^(\w{0,2})("""|'''|["'`])/.exec(rest)
  if (open && (open[1] === '' || open[2]!.length === 3)) return stringOver(text, word, { from: text.indexOf(open[0], index) + open[0].length, mark: open[2]!, end, indent: indentOf(line) })
  if (rest === '' || rest.startsWith('#') || rest === '\\' || /^[&!]\S{1,100}$/.test(rest)) return nextLine(text, end, { word, sign: rest === '\\' ? rest : sign, indent: indentOf(line) })
  return undefined
}

/** Where what stands below a field ends, whose value would begin at `index`: the lines right of its column. Undefined where the value is on its line. */
export function extentBelow (text: string, index: number, column: number): number | undefined {
  const end = text.indexOf('\n', index)
  if (end < 0 || !/^(?:[&!]\S{1,100}[ \t]*)?(?:[|>][-+0-9]{0,2})?[ \t]*(?:#.*)?$/.test(text.slice(index, Math.min(end, index + 200)))) return undefined
  let to = end
  for (const line of linesFrom(text, end, blockLimit)) {
    if (line.trim() !== '' && indentOf(line) <= column) break
    to += line.length + 1
  }
  return Math.min(to, text.length)
}

/** The lines behind the one that ends there. */
function linesFrom (text: string, end: number, count: number): string[] {
  return text.slice(end + 1, end + 1 + lengthLimit).split('\n', count)
}

function blockOf (word: string, lines: readonly string[], end: number, ends: (line: string) => boolean): Span | undefined {
  const last = lines.findIndex(ends)
  const block = lines.slice(0, last < 0 ? undefined : last).join('\n')
  const value = block.trim()
  return !isSecretBlock(word, value) ? undefined : { index: end + 1 + block.indexOf(value), length: value.length }
}

function stringOver (text: string, word: string, { from, mark, end, indent }: { from: number, mark: string, end: number, indent: number }): Span | undefined {
  if (text.slice(from, end).includes(mark)) return undefined
  const more = linesFrom(text, end, mark.length === 3 ? blockLimit : nearLimit)
  const last = more.findIndex((each) => each.includes(mark))
  // In quotes that hold one line in most languages, the next lines belong to it in YAML alone, which indents them.
  if (mark.length === 1 && (last < 0 || (mark !== '`' && more.slice(0, last + 1).some((each) => each.trim() !== '' && indentOf(each) <= indent)))) return undefined
  const whole = [text.slice(from, end), ...more.slice(0, last < 0 ? undefined : last), ...(last < 0 ? [] : [more[last]!.slice(0, more[last]!.indexOf(mark))])].join('\n')
  const value = whole.trim()
  return !value.split('\n').some((each) => isSecretValue(word, each.trim())) ? undefined : { index: from + whole.indexOf(value), length: value.length }
}

function nextLine (text: string, end: number, { word, sign, indent }: { word: string, sign: string, indent: number }): Span | undefined {
  let from = end + 1
  const lines = linesFrom(text, end, nearLimit)
  const fields = fieldsBelow(lines, indent)
  for (const line of lines) {
    const start = /^[ \t]*(?:[&!]\S{1,100}[ \t]+)?/.exec(line)![0].length
    const rest = line.slice(start)
    if (rest === '') {
      from += line.length + 1
      continue
    }
    const value = valueOf(rest, true)
    const follows = sign === '\\' || (sign === ':' && indentOf(line) > indent && /^[^\s:{}[\]#,|>&*!%@`-]\S*$/.test(rest.trimEnd()) && !rest.trimEnd().endsWith(':'))
    const isField = value?.quoted && /^\\{0,3}["'`][ \t]*:/.test(rest.slice(value.index + value.text.length))
    if (value && !isField && (value.quoted || (follows && !isExpression(value.text))) && isSecretValue(word, value.text)) return { index: from + start + value.index, length: value.text.length }
    break
  }
  const field = sign === ':' ? fields.find(({ value }) => isSecretValue(word, value.text)) : undefined
  return field && { index: end + 1 + field.from + field.value.index, length: field.value.text.length }
}

/** What of a value stands on the next lines, since a backslash ends the line that ends there. */
export function continuedAt (text: string, end: number): Span[] {
  const spans: Span[] = []
  let from = end + 1
  for (const line of linesFrom(text, end, nearLimit)) {
    const value = line.trim().replace(/\\$/, '')
    if (value !== '') spans.push({ index: from + line.indexOf(value), length: value.length })
    if (!line.trimEnd().endsWith('\\')) break
    from += line.length + 1
  }
  return spans
}

/** The items of a list of YAML, one a line. A word alone is none, though it stands below the name of a password. */
function itemsBelow (text: string, { word, sign, alone, line, index, end }: Assigned): Span[] {
  const rest = text.slice(index, Math.min(end, index + 200)).trim()
  if (!alone || sign !== ':' || !(rest === '' || rest.startsWith('#') || /^[&!]\S{1,100}$/.test(rest))) return []
  const items: Span[] = []
  let from = end + 1
  for (const each of linesFrom(text, end, nearLimit)) {
    const start = /^[ \t]*- +/.exec(each)?.[0].length
    if (each.trim() !== '' && (start === undefined || indentOf(each) < indentOf(line))) break
    const value = start === undefined ? undefined : valueOf(each.slice(start), true)
    if (start !== undefined && value && !/[:,]/.test(each.slice(start + value.index + value.text.length)) && !value.text.endsWith(':') && looksGenerated(value.text) && isSecretValue(word, value.text)) items.push({ index: from + start + value.index, length: value.text.length })
    from += each.length + 1
  }
  return items
}

/** What a list in brackets holds that ends on a later line. */
function listOver (text: string, { word, index, end }: Assigned): Span[] {
  const first = text.slice(index, Math.min(end, index + valueLimit))
  // One alone has a list of rules: `'token': [/…/, …]`.
  if (!namesMany(word) || !unmarked(first).startsWith('[') || unmarked(first).includes(']')) return []
  const list = [first, ...linesFrom(text, end, nearLimit)].join('\n')
  return elementsOf(list.slice(0, `${unmarked(list)}]`.indexOf(']'))).filter((each) => isSecretValue(word, each.text)).map((each) => ({ index: index + each.index, length: each.text.length }))
}

/** With what stands in the place of secrets no longer in brackets. */
function unmarked (list: string): string {
  return list.replaceAll(/\[(redacted: [^\]\n]{1,80})\]/g, '"$1"')
}

/** What a mapping of YAML gives as its value or default: the name of a secret stands above it. */
function fieldsBelow (lines: readonly string[], indent: number): Array<{ from: number, value: { index: number, text: string } }> {
  const fields: Array<{ from: number, value: { index: number, text: string } }> = []
  let from = 0
  let column = -1
  for (const line of lines) {
    if (line.trim() !== '') {
      if (indentOf(line) <= indent) break
      if (column < 0) column = indentOf(line)
      const name = indentOf(line) === column ? /^[ \t]*["']?(?:default|value)["']?[ \t]*:[ \t]*/.exec(line)?.[0] : undefined
      const value = name === undefined ? undefined : valueOf(line.slice(name.length), true)
      if (name !== undefined && value) fields.push({ from: from + name.length, value })
    }
    from += line.length + 1
  }
  return fields
}
