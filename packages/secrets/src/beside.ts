import { extentBelow, findBelow } from './below.ts'
import { isHeld } from './fields.ts'
import { isSecretValue, isShouted, nameEnd, namesMany, namesSecret } from './names.ts'
import { isDrawn, isExpression } from './not-a-secret.ts'
import { valueAt, type Value } from './value.ts'

type Add = (index: number, length: number) => void

/** A variable as Kubernetes and Terraform write it, on one line or two. */
const paired = new RegExp(`name\\\\{0,3}["']?[ \\t]{0,8}[:=][ \\t]{0,8}\\\\{0,3}["']?[\\w.-]{0,80}?${nameEnd}\\\\{0,3}["']?[ \\t]{0,8}(?:,\\s{0,60}|\\s{1,60})\\\\{0,3}["']?value\\\\{0,3}["']?[ \\t]{0,8}[:=][ \\t]{0,8}`, 'gid')
/** The name of one, wherever among its fields it stands. */
const named = new RegExp(`(?<![\\w-])\\\\{0,3}["']?(?:\\w{0,12}(?:name|key)|type(?=\\\\{0,3}["']?[ \\t]{0,8}[:=][ \\t]{0,8}\\\\{0,3}["']?passw(?:or)?d\\\\{0,3}["']?[ \\t]{0,8}(?:[,}\\n]|$)))\\\\{0,3}["']?[ \\t]{0,8}[:=][ \\t]{0,8}\\\\{0,3}["']?[\\w./-]{0,80}?${nameEnd}\\\\{0,3}["']?(?=[ \\t]{0,8}(?:[,}\\]#;\\n]|$))`, 'gid')
const valueField = /(?<![\w-])\\{0,3}["']?\w{0,12}value\\{0,3}["']?[ \t]{0,8}[:=][ \t]{0,8}/gi
/** How far from its name a value may stand, in characters. */
const reach = 300
/** What takes options by a list: one element is the name, the next the value. */
const inList = new RegExp(`["'\`]--?[\\w-]{0,50}?${nameEnd}\\\\{0,3}["'\`]\\s{0,20},\\s{0,60}|-(?<=[[,][ \\t]{0,8}-)-?[\\w-]{0,50}?${nameEnd}[ \\t]{0,20},[ \\t]{0,20}`, 'gid')
/** An argument with a name of its own: `default=…`. */
const keyword = /^[a-z_]{1,40}=(?![=\s,\])]|$)/
const onLines = new RegExp(`^([ \\t]{0,200}-[ \\t]{1,20})["']?--?[\\w-]{0,50}?${nameEnd}["']?[ \\t]{0,20}\\n\\1`, 'gimd')
/** What has a secret's name and holds its value among others: a variable of Terraform, an output, a parameter. */
const holder = new RegExp(`${nameEnd}\\\\{0,3}["'\`]?[ \\t]{0,8}[:=]?[ \\t]{0,8}\\{`, 'gid')
const holderField = /[{}]|(?<![\w-])\\{0,3}["']?(?:default|value|default_?value)\\{0,3}["']?[ \t]{0,8}[:=]\s{0,60}/gi
const anyField = /[{}]|(?<![\w.-])\\{0,3}["']?[\w.-]{1,60}\\{0,3}["']?[ \t]{0,8}[:=]\s{0,60}/g
const holderReach = 600

/** Values whose name stands beside them, and not before an assignment: pairs, lists of arguments, fields of what has the name. */
export function findBeside (text: string, add: Add): void {
  const take = (word: string, value: Value | undefined, shouts = false) => {
    if (value && isSecretValue(word, value.text, shouts)) add(value.index, value.text.length)
  }
  const takeAt = ({ from, word: [at, word] }: Named, index: number, value: Value | undefined) => {
    const below = belowOf(text, index, word)
    if (below) for (const each of below) add(each.index, each.length)
    else take(word, value, isShouted(/[\w./-]*$/.exec(text.slice(from, at))![0].replace(/^.*[./-]/, '') + word))
  }
  for (const match of text.matchAll(paired)) {
    const word = wordIn(match, 1)
    if (namesSecret(lineBefore(text, word[0]), word[1])) takeAt({ from: match.index, to: 0, word }, match.index + match[0].length, valueAt(text, match.index + match[0].length, true))
  }
  findPairs(text, takeAt)
  for (const [pattern, groups] of [[inList, [1, 2]], [onLines, [2]]] as const) {
    for (const match of text.matchAll(pattern)) {
      const [at, word, group] = wordIn(match, ...groups)
      const value = valueAt(text, match.index + match[0].length, pattern === onLines)
      // Without quotes it is a list in brackets, or prose.
      if (pattern === inList && group === 2 && !/\[[^\]\n]*$/.test(lineBefore(text, match.index, 300))) continue
      if (namesSecret(lineBefore(text, at), word) && value && !value.text.startsWith('-') && (pattern === onLines || value.quoted || !keyword.test(text.slice(value.index, value.index + 60)))) take(word, value)
    }
  }
  for (const match of text.matchAll(holder)) {
    const [at, word] = wordIn(match, 1)
    if (namesSecret(lineBefore(text, at), word)) for (const value of fieldsIn(text, match.index + match[0].length, holderField)) if (value.quoted || !isExpression(value.text)) take(word, value)
    // Each of many has a name of its own.
    if (namesMany(word) && namesSecret(lineBefore(text, at), word)) for (const value of fieldsIn(text, match.index + match[0].length, anyField)) if (/^\w[\w.+/=~-]*$/.test(value.text) && isDrawn(value.text)) take(word, value)
    if (namesSecret(lineBefore(text, at), word)) for (const value of fieldsIn(text, match.index + match[0].length, anyField)) if (isHeld(word, value.name, value.text)) add(value.index, value.text.length)
  }
}

function wordIn (match: RegExpExecArray, ...groups: readonly number[]): [at: number, word: string, group: number] {
  const group = groups.find((each) => match[each] !== undefined)!
  return [match.indices![group]![0], match[group]!, group]
}

function lineBefore (text: string, at: number, length = 60): string {
  return text.slice(Math.max(0, at - length), at).split('\n').at(-1)!
}

/** The name of a secret: where it begins and ends, and the word that makes one of it. */
interface Named { from: number, to: number, word: readonly [at: number, word: string, group: number] }

/** A value that may belong to one: where its field begins, it begins itself, and both end. */
interface Pairable { at: number, index: number, end: number, column: number, value: Value | undefined }

/** The value of a field that goes on, or begins, below its line. */
function belowOf (text: string, index: number, word: string): ReturnType<typeof findBelow> {
  const before = lineBefore(text, index, 200)
  const from = index - before.length
  if ((from > 0 && text[from - 1] !== '\n') || !/^[ \t]*(?:- +)?["']?\w{0,17}["']?[ \t]*[:=][ \t]*$/.test(before)) return undefined
  const end = text.indexOf('\n', index)
  return end < 0 ? undefined : findBelow(text, { word, sign: ':', alone: true, line: text.slice(from, Math.min(end, from + 1_000)), index, end })
}

function findPairs (text: string, takeAt: (name: Named, index: number, value: Value | undefined) => void): void {
  const names = [...text.matchAll(named)].map((match): Named => ({ from: match.index, to: match.index + match[0].length, word: wordIn(match, 1) }))
    .filter(({ word: [at, word] }) => namesSecret(lineBefore(text, at), word))
  if (names.length === 0) return
  const fields = [...text.matchAll(valueField)].map(({ index: at, 0: field }): Pairable => {
    const index = at + field.length
    const isAlone = /^[ \t]*(?:- +)?$/.test(lineBefore(text, at))
    const value = valueAt(text, index, isAlone)
    const column = columnOf(text, at)
    return { at, index, end: (isAlone ? extentBelow(text, index, column) : undefined) ?? (value ? value.index + value.text.length : index), column, value }
  })
  let first = 0
  for (const name of names) {
    const { from, to } = name
    const column = columnOf(text, from)
    while (first < fields.length && fields[first]!.at < from - reach) first++
    for (let next = first; next < fields.length && fields[next]!.at < to + reach; next++) {
      const field = fields[next]!
      if (isBeside(field.end <= from ? text.slice(field.end, from) : field.at >= to ? text.slice(to, field.at) : '{', field.column === column)) takeAt(name, field.index, field.value)
    }
  }
}

/** Whether a name and a value with this between them are of one object. Fields of YAML stand in one column, those of JSON behind a comma. */
function isBeside (between: string, inColumn: boolean): boolean {
  if (/[{}]|\n[ \t]*(?:\n|- )/.test(between)) return false
  return inColumn || !between.includes('\n') || /^\\{0,3}["']?[ \t]*,\s*$/.test(between)
}

function columnOf (text: string, at: number): number {
  return lineBefore(text, at, 1_000).length
}

/** Values of an object that begins there, and not of those within it. */
function fieldsIn (text: string, from: number, field: RegExp): Array<Value & { name: string }> {
  const found: Array<Value & { name: string }> = []
  let depth = 1
  for (const { index, 0: sign } of text.slice(from, from + holderReach).matchAll(field)) {
    if (sign === '{') depth++
    else if (sign === '}') depth--
    else if (depth === 1) found.push(...[valueAt(text, from + index + sign.length, false)].flatMap((value) => value ? { ...value, name: /[\w.-]+/.exec(sign)?.[0] ?? '' } : []))
    if (depth === 0) break
  }
  return found
}
