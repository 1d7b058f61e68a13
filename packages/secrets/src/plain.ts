import type { Shift } from './found.ts'

/** Line ends of other systems, blanks and colons of other widths, and what is not seen: marks of byte order, joiners, what gives a terminal its colours. */
// eslint-disable-next-line no-control-regex -- it is the control character that is looked for
const other = /\r{1,4}(?=\n)|[\u00AD\u200B-\u200F\u2060\uFEFF]|\u001B\[[0-9;:?]{0,40}[A-Za-z]|[\r\u0085\u2028\u2029]|[\u00A0\u2000-\u200A\u202F\u205F\u3000]|\uFF1A/g
const lineEnd = /^[\r\u0085\u2028\u2029]$/
const blank = /^[\u00A0\u2000-\u200A\u202F\u205F\u3000]$/

/** The text with lines, blanks and colons as they are here, so that no search has to know of others; undefined where they are already. */
export function plainOf (text: string): { plain: string, shifts: Shift[] } | undefined {
  const shifts: Shift[] = [{ inner: 0, raw: 0 }]
  let plain = ''
  let at = 0
  for (const { index, 0: sign } of text.matchAll(other)) {
    plain += text.slice(at, index)
    at = index + sign.length
    if (blank.test(sign)) plain += ' '
    else if (sign === '\uFF1A') plain += ':'
    else if (lineEnd.test(sign) && text[at] !== '\n') plain += '\n'
    shifts.push({ inner: plain.length, raw: at })
  }
  return at === 0 ? undefined : { plain: plain + text.slice(at), shifts }
}
