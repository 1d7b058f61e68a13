import type { SecretFound } from './found.ts'
import { isExpression, isPlaceholder, looksGenerated } from './not-a-secret.ts'

const kind = 'password or token'
/** Values of these are secrets even when they look like words. */
const passwords = 'passwords?|passwd|passphrase|passcode|pwd|pass'
const keys = 'secret|token|credentials?|(?:api|access|account|secret|private|signing|encrypt(?:ion)?|master|auth|shared|hmac|app|session|storage|service|admin|license)[_-]?key|secret[_-]?key[_-]?base'
const key = `(${passwords}|${keys})(?:[_-]?(?:b64|base64|value|plain|\\d{1,2}))?`

/** What each of these names holds, so that most texts and lines are passed over quickly. */
const hint = /pass|pwd|secret|token|credential|key/i
const assigned = new RegExp(`${key}\\\\{0,3}["'\`]?\\]?[ \\t]{0,20}(=>|:=|[:=])(?![=:~>])[ \\t]{0,20}`, 'gi')
const spaced = new RegExp(`${key}[ \\t]{1,4}(?=[^\\s-])`, 'gi')
/** What has to stand before a name for a space behind it to assign: `--password …`, `ENV PASSWORD …`. */
const spaceAssigns = /(?:^|[\s"'])--?[\w-]{0,50}$|^[ \t]*ENV[ \t]+\w*$/
/** A variable as Kubernetes and Terraform write it, on one line or two. */
const paired = new RegExp(`name\\\\{0,3}["']?[ \\t]{0,8}[:=][ \\t]{0,8}\\\\{0,3}["']?[\\w.-]{0,80}?${key}\\\\{0,3}["']?[ \\t]{0,8}(?:,\\s{0,60}|\\s{1,60})\\\\{0,3}["']?value\\\\{0,3}["']?[ \\t]{0,8}[:=][ \\t]{0,8}`, 'gi')
const element = new RegExp(`<(?:[\\w.-]{0,60}[:.])?[\\w-]{0,40}${key}>([^<>\\n]{1,500})</`, 'gid')
const attribute = new RegExp(`(?:key|name)="[\\w.:-]{0,80}${key}"[ \\t]{1,8}value="([^"\\n]{1,500})"`, 'gid')
const clientFlags = /(?<![\w-])(?:mysql(?:dump|admin)?|mariadb)[ \t][^\n|;&]{0,200}?[ \t]-p([^\s"'-][^\s"']{2,100})|(?<![\w-])(?:sshpass[ \t]{1,4}-p|redis-cli[ \t][^\n|;&]{0,100}?[ \t]?-a|curl[ \t][^\n|;&]{0,200}?[ \t]?(?:-\w{0,6}u|--user)[ \t]{0,4}["']?[^\s:"']{1,100}:)[ \t]{0,4}["']?([^\s"']{3,200})/gd

/** Just before the word: what is named is not a secret, though its name ends like one. */
// eslint-disable-next-line prefer-regex-literals -- the target of the types does not know (?i:) yet
const aboutOne = new RegExp('(?:^|[^A-Za-z]|(?<=[a-z])(?=[A-Z]))(?i:checksum|hash|digest|sha\\d{0,3}|public|next|page|continu\\w{0,6}|max|min|num|count|expired?|invalid|missing|unknown|bad|wrong)[-_./ ]?$')
const quote = /\\{0,3}["'`]/y
const valueLimit = 512
/** Lines of a block. */
const blockLimit = 200

/** Values that are secrets because of the name they stand behind: in YAML, JSON, .env, properties, XML, URLs, connection strings, command lines. */
export function findAssigned (text: string): SecretFound[] {
  const found: SecretFound[] = []
  const add = (index: number, length: number) => found.push({ kind, index, length, certain: false })
  if (hint.test(text)) findNamed(text, add)
  for (const match of text.matchAll(clientFlags)) {
    const [from, to] = match.indices![1] ?? match.indices![2]!
    if (!isPlaceholder(text.slice(from, to))) add(from, to - from)
  }
  return found
}

function findNamed (text: string, add: (index: number, length: number) => void): void {
  let offset = 0
  const lines = text.split('\n')
  for (const [number, line] of lines.entries()) {
    if (hint.test(line)) {
      for (const { index, length } of inLine(line)) add(offset + index, length)
      const block = blockBehind(lines, number)
      if (block) add(offset + line.length + 1 + block.index, block.length)
    }
    offset += line.length + 1
  }
  for (const match of text.matchAll(paired)) {
    const from = match.index + match[0].length
    const value = valueOf(text.slice(from, from + valueLimit).split('\n', 1)[0]!, true)
    if (value && isSecretValue(match[1]!, value.text)) add(from + value.index, value.text.length)
  }
  for (const pattern of [element, attribute]) {
    for (const match of text.matchAll(pattern)) {
      if (isSecretValue(match[1]!, match[2]!.trim())) add(match.indices![2]![0], match[2]!.length)
    }
  }
}

/** Whether a field by this name holds a secret when it has this value. */
export function isSecretField (name: string, value: string): boolean {
  const ending = fieldName.exec(name)
  return ending !== null && isKey(name.slice(0, ending.index), ending[1]!) && isSecretValue(ending[1]!, value)
}

const fieldName = new RegExp(`${key}$`, 'i')

interface Value { index: number, text: string, quoted: boolean }

function inLine (line: string): Array<{ index: number, length: number }> {
  const found: Array<{ index: number, length: number }> = []
  let done = 0
  for (const pattern of [assigned, spaced]) {
    for (const match of line.matchAll(pattern)) {
      const from = match.index + match[0].length
      const before = line.slice(Math.max(0, match.index - 60), match.index)
      if (match.index < done || !isKey(before, match[1]!) || (pattern === spaced && !spaceAssigns.test(before))) continue
      const alone = match.index <= 60 && /^[\s+*>-]*(?:(?:export|set|ENV|ARG|-)[ \t]+)?["']?[\w.\-/]*$/.test(before)
      const value = valueOf(line.slice(from, from + valueLimit), alone && pattern === assigned)
      if (!value || (match[2] === '=>' && !value.quoted)) continue
      const shouts = /^[A-Z0-9_]+$/.test(`${/[\w.-]*$/.exec(before)![0]}${match[1]}`)
      if (!value.quoted && !shouts && isExpression(value.text)) continue
      if (!value.quoted && /^[([]/.test(line.slice(from + value.index + value.text.length))) continue
      if (!isSecretValue(match[1]!, value.text, shouts && match[2] !== ':')) continue
      // What is longer than was looked at belongs to it as well.
      const whole = value.text.length === valueLimit - value.index ? value.text.length + /^[^\s"'`]*/.exec(line.slice(from + valueLimit))![0].length : value.text.length
      found.push({ index: from + value.index, length: whole })
      done = from + value.index + whole
    }
  }
  return found
}

/** What is assigned, at the start of `rest`: what stands in quotes; alone on its line, all of it; else up to what ends it in a sentence, a URL, a list. */
function valueOf (rest: string, alone: boolean): Value | undefined {
  quote.lastIndex = 0
  const open = quote.exec(rest)?.[0]
  if (open !== undefined) {
    const close = rest.indexOf(open, open.length)
    return { index: open.length, text: rest.slice(open.length, close < 0 ? undefined : close), quoted: true }
  }
  const whole = /^\S+(?=[ \t]*(?:#.*)?$|[ \t]*\\$)/.exec(rest.trimEnd())?.[0]
  const text = alone && whole !== undefined ? whole.replace(/[,;]$/, '') : /^[^\s"'`,;&#<>(){}[\]|\\]+/.exec(rest)?.[0]
  return text === undefined ? undefined : { index: 0, text, quoted: false }
}

/** A YAML block (`password: |`) that begins with the next line, counted from there. */
function blockBehind (lines: readonly string[], number: number): { index: number, length: number } | undefined {
  const line = lines[number]!
  if (!/:[ \t]*[|>][-+0-9]{0,2}[ \t]*$/.test(line.slice(-40))) return undefined
  const name = /^[\s-]*["']?([\w.-]{1,100})["']?[ \t]*:/.exec(line.slice(0, 200))?.[1]
  const ending = name === undefined ? null : fieldName.exec(name)
  if (!ending || !isKey(name!.slice(0, ending.index), ending[1]!)) return undefined
  const rest = lines.slice(number + 1, number + 1 + blockLimit)
  const next = rest.findIndex((each) => each.trim() !== '' && indentOf(each) <= indentOf(line))
  const block = rest.slice(0, next < 0 ? undefined : next).join('\n')
  const value = block.trim()
  return value === '' || isPlaceholder(value) ? undefined : { index: block.indexOf(value), length: value.length }
}

function indentOf (line: string): number {
  return line.length - line.trimStart().length
}

function isKey (before: string, word: string): boolean {
  if (aboutOne.test(before)) return false
  // `compass: north` is no pass, `dbPass: …` is one.
  return word.length > 4 || !/[A-Za-z]$/.test(before) || (/[a-z]$/.test(before) && /^[A-Z]/.test(word)) || /^[A-Z]*$/.test(before.slice(-4) + word)
}

function isSecretValue (word: string, value: string, shouts = false): boolean {
  if (isPlaceholder(value)) return false
  const password = new RegExp(`^(?:${passwords})$`, 'i').test(word)
  if (password) return value.length >= 4 && value.toLowerCase() !== word.toLowerCase() && (word.length > 4 || !/^\d+$/.test(value))
  return shouts ? value.length >= 6 && !/^\d+$/.test(value) : looksGenerated(value)
}
