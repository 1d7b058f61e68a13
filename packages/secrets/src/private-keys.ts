import type { SecretFound } from './found.ts'

const begin = /-----BEGIN (?:(?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?|OpenVPN (?:Static key V1|tls-crypt-v2 (?:client|server) key))-----/g
const closing = '-----END '
const lengthLimit = 40_000
/** Lines of base64, real or written as \n, when the end of the key is cut off. */
const body = /(?:(?:[ \t]{0,8}(?:\r?\n|(?:\\{1,4}r)?\\{1,4}n)[ \t+|>]{0,60}){1,3}(?:[A-Za-z-]{3,20}: [^\n\\]{1,80}|[A-Za-z0-9+/]{4,4096}={0,2}(?=[ \t]{0,8}(?:[\r\n\\"'<]|$))))*/y

const end = /-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g
const bodyLine = /^[ \t+|>]{0,60}[A-Za-z0-9+/]{16,4096}={0,2}[ \t]{0,8}$/

/** What is left of one whose first line is cut off, as where the last lines of a log are read. */
export function findKeyTails (text: string): SecretFound[] {
  let before = 0
  return [...text.matchAll(end)].flatMap(({ index }) => {
    const lines = text.slice(Math.max(before, index - lengthLimit), index).split('\n').slice(0, -1)
    before = index
    const first = lines.findLastIndex((line) => !bodyLine.test(line)) + 1
    if (first === lines.length || lines[first - 1]?.includes('-----BEGIN ')) return []
    const length = lines.slice(first).join('\n').length
    const from = text.lastIndexOf('\n', index) - length
    return [{ kind: 'private key', index: from, length, certain: true }]
  })
}

/** Private keys in PEM, and those of OpenVPN: on lines of their own, indented, or in one string with \n. */
export function findPrivateKeys (text: string): SecretFound[] {
  const found: SecretFound[] = []
  let end = -1
  for (const { index, 0: line } of text.matchAll(begin)) {
    const from = index + line.length
    if (end !== Infinity && end < from) end = indexFrom(text, closing, from)
    body.lastIndex = from
    const cut = body.test(text) ? body.lastIndex : from
    const dashes = end - from <= lengthLimit ? text.indexOf('-----', end + closing.length) : -1
    // A page that speaks of keys has the first line and no key behind it.
    const to = dashes >= 0 && dashes - end < 60 && !text.slice(from, end).includes('-----BEGIN') ? dashes + 5 : cut
    if (to > from) found.push({ kind: 'private key', index, length: to - index, certain: true })
  }
  return found
}

function indexFrom (text: string, wanted: string, from: number): number {
  const index = text.indexOf(wanted, from)
  return index < 0 ? Infinity : index
}
