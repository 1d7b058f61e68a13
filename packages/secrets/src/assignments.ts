import { continuedAt, findBelow } from './below.ts'
import { findBeside } from './beside.ts'
import { findPassed } from './passed.ts'
import { findInCommands } from './commands.ts'
import { findInConfigLines } from './config-lines.ts'
import { findDefaults } from './defaults.ts'
import { piecesOf } from './expressions.ts'
import type { SecretFound } from './found.ts'
import { hint, isDoubtfulName, isSecretValue, nameEnd, namesMany, namesSecret } from './names.ts'
import { isDrawn, isDrawnValue, isExpression } from './not-a-secret.ts'
import { findInTables } from './tables.ts'
import { closeOf, closesQuote, elementsInBrackets, valueLimit, valueOf, type Value } from './value.ts'

const kind = 'password or token'

/** Between a name and its value in languages that have types. */
const typeName = '(?:(?:secret)?str(?:ing)?|&(?:\'static )?str|text|any)\\??'
const declared = `(?:[?!]?[ \\t]{0,4}:[ \\t]{0,4}${typeName}|[ \\t]{1,4}${typeName}|\\[\\d{0,5}\\]|[ \\t]{0,4}\\{[ \\t]{0,4}get;[^{}\\n]{0,40}\\})[ \\t]{0,4}(?==)`
/** Stands before a value of YAML and is none of it. Any other tag says where the value is, as `!vault` does. */
const yamlProperties = /^(?:(?:&|!!|!<)\S{1,100}[ \t]+){1,3}(?=\S)/
const assigned = new RegExp(`${nameEnd}\\\\{0,3}(?:["'\`]|%22|\\*\\*)?\\]?(?:${declared})?[ \\t]{0,20}(=>|->(?=[ \\t])|→|<-(?=[ \\t])|[?+!]?=|:{1,3}=|(?:\\|\\||\\?\\?)=|:|%3[AD])(?:%22|\\*\\*(?=[ \\t]))?(?![=:~>]|(?<=:)-)[ \\t]{0,20}`, 'gi')
/** Signs that stand before much else as well, so that what is behind them has to look drawn by chance. */
const weak = /^(?:->|→|<-|[+!]=)$/
const spaced = new RegExp(`${nameEnd}[ \\t]{1,40}(?=[^\\s-])`, 'gi')
/** What has to stand before a name for a space behind it to assign: `--password …`, `ENV PASSWORD …`. */
const spaceAssigns = /(?:^|[\s"'])--?[\w-]{0,50}$|^[ \t]*(?:ENV|#[ \t]{0,8}define|set(?:[ \t]+-\w{1,3}){0,2}|setenv|setx|SetEnv|(?:proxy|grpc|uwsgi|fastcgi)_(?:set_header|param)|add_header|aws[ \t]+configure[ \t]+set)[ \t]+\$?[\w-]*$/
/** Names that a space alone assigns to, in the configuration of Redis and of LDAP. */
const spaceAlways = /^(?:requirepass|masterauth|r[ow]community|(?:bind|root)pw)$/i
/** A line that is a name and what is drawn by chance, as in configuration that has no sign between them. */
const lineBefore = /^[ \t]*[\w.-]*$/
const element = new RegExp(`<(?:[\\w.-]{0,60}[:.])?[\\w-]{0,40}${nameEnd}>\\s{0,80}(?:<!\\[CDATA\\[)?([^<>\\s][^<>\\n]{0,499})(?:\\]\\]>)?\\s{0,80}</`, 'gid')
const attribute = new RegExp(`(?:key|name|type)=["'][\\w.:-]{0,80}${nameEnd}["']\\s{1,60}value=["']([^"'\\n]{1,500})["']`, 'gid')
const entry = new RegExp(`(?:key|name)=["'][\\w.:-]{0,80}${nameEnd}["'][ \\t]{0,20}>\\s{0,80}([^<>\\s][^<>\\n]{0,499})</`, 'gid')
const valueFirst = new RegExp(`value=["']([^"'\\n]{1,500})["']\\s{1,60}(?:key|name|type)=["'][\\w.:-]{0,80}${nameEnd}["']`, 'gid')

/** Values that are secrets because of the name they stand behind: in YAML, JSON, .env, properties, XML, URLs, connection strings, command lines. */
export function findAssigned (text: string): SecretFound[] {
  const found: SecretFound[] = []
  const add = (index: number, length: number) => found.push({ kind, index, length, certain: false })
  if (hint.test(text)) findNamed(text, add)
  findInCommands(text, add)
  findInConfigLines(text, add)
  return found
}

function findNamed (text: string, add: (index: number, length: number) => void): void {
  let offset = 0
  for (const line of text.split('\n')) {
    if (hint.test(line)) findOnLine(text, line, offset, add)
    offset += line.length + 1
  }
  findBeside(text, add)
  findPassed(text, add)
  findDefaults(text, add)
  findInTables(text, add)
  for (const match of text.matchAll(valueFirst)) {
    if (isSecretValue(match[2]!, match[1]!)) add(match.indices![1]![0], match[1]!.length)
  }
  for (const pattern of [element, entry, attribute]) {
    for (const match of text.matchAll(pattern)) {
      if (isSecretValue(match[1]!, match[2]!.trim())) add(match.indices![2]![0], match[2]!.length)
    }
  }
}

function findOnLine (text: string, line: string, offset: number, add: (index: number, length: number) => void): void {
  let done = 0
  for (const pattern of [assigned, spaced]) {
    for (const match of line.matchAll(pattern)) {
      const from = match.index + match[0].length
      const before = line.slice(Math.max(0, match.index - 60), match.index)
      if (match.index < done || !namesSecret(before, match[1]!) || closesQuote(line, from) || (pattern === spaced && !spaceAssigns.test(before) && !spaceAlways.test(match[1]!) && !isBeside(before, match[1]!, line.slice(from, from + valueLimit)))) continue
      const alone = match.index <= 60 && /^[\s+*>-]*(?:(?:export|override|set|ENV|ARG|-)[ \t]+)?["']?[\w.\-/]*$/.test(before)
      const below = findBelow(text, { word: match[1]!, sign: match[2] ?? '', alone, line, index: offset + from, end: offset + line.length })
      if (below) {
        for (const each of below) add(each.index, each.length)
        done = line.length
        continue
      }
      if (pattern === assigned) for (const each of piecesOf(text, offset + from, match[1]!)) add(each.index, each.text.length)
      for (const each of elementsInBrackets(line.slice(from, from + valueLimit))) {
        if (isSecretValue(match[1]!, each.text)) add(offset + from + each.index, each.text.length)
      }
      const skipped = alone && match[2] === ':' ? yamlProperties.exec(line.slice(from, from + valueLimit))?.[0].length ?? 0 : 0
      const rest = line.slice(from + skipped, from + valueLimit)
      const value = match[2] === '=' && !/["'`]/.test(match[0]) ? withinQuotes(valueOf(rest, alone), rest, before) : shifted(valueOf(rest, alone && pattern === assigned), skipped)
      if (!value || (match[2] === '=>' && !value.quoted && !(isDrawnValue(value.text) && !/[(){}]/.test(value.text) && /^[ \t]*[,;]?[ \t]*$/.test(rest.slice(value.text.length)))) || (weak.test(match[2] ?? '') && !isDrawnValue(value.text))) continue
      // `auth:1.2.3-3f2b8c1` is an image.
      if (match[0].endsWith(':') && !value.quoted && isDoubtfulName(match[1]!)) continue
      const shouts = /^[A-Z0-9_]+$/.test(`${/[\w.-]*$/.exec(before)![0]}${match[1]}`)
      if (!value.quoted && !shouts && (isExpression(value.text) || (namesMany(match[1]!) && /[()[\]{}]/.test(value.text)))) continue
      if (!value.quoted && /^[([]/.test(line.slice(from + value.index + value.text.length))) continue
      const continued = !value.quoted && /[^\s\\]\\$/.test(line) ? continuedAt(text, offset + line.length) : []
      const judged = continued.length === 0 ? value.text : value.text.replace(/\\$/, '') + continued.map(({ index, length }) => text.slice(index, index + length)).join('')
      if (!isSecretValue(match[1]!, judged, shouts && match[2] !== ':')) continue
      // What is longer than was looked at belongs to it as well.
      const whole = value.text.length === valueLimit - value.index ? value.text.length + /^[^\s"'`]*/.exec(line.slice(from + valueLimit))![0].length : value.text.length
      add(offset + from + value.index, whole)
      for (const each of continued) add(each.index, each.length)
      done = from + value.index + whole
    }
  }
}

/** Whether what stands behind a name and a blank is its value: a string without blanks, or all the rest of the line where it looks drawn by chance. */
function isBeside (before: string, word: string, rest: string): boolean {
  const [, open, string] = /^(["'])([^\s"']{4,400})\1/.exec(rest) ?? []
  // `secret "db-8x7kq" not found` is a name, and `pass 'ignore'` a verb.
  if (open !== undefined) return !/["'`]$/.test(before) && !(/^pass$/i.test(word) && !/[\w-]$/.test(before)) && !(/^(?:secret|token|cred)/i.test(word) && !/^(?![a-z0-9.-]+$)[\w.+/=~-]+$/.test(string!))
  const [bare] = /^\S+(?=[ \t]*;?[ \t]*$)/.exec(rest) ?? []
  return bare !== undefined && lineBefore.test(before) && isDrawn(bare)
}

function shifted (value: Value | undefined, by: number): Value | undefined {
  return value && { ...value, index: value.index + by }
}

/** In quotes that stand around the name as well, the value goes as far as they do: `"PASSWORD=two words"`. */
function withinQuotes (value: Value | undefined, rest: string, before: string): Value | undefined {
  const open = /(\\{0,3}["'])[\w.-]{0,60}$/.exec(before)?.[1]
  if (!value || value.quoted || open === undefined || !/[\s\\]/.test(rest[value.text.length] ?? '')) return value
  const close = closeOf(rest, 0, open)
  return close > value.text.length ? { ...value, text: rest.slice(0, close) } : value
}
