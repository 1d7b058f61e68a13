import type { Shift } from './found.ts'

/** Line ends of other systems, a byte order mark, and what gives a terminal its colours: none of them is part of what stands there. */
// eslint-disable-next-line no-control-regex -- it is the control character that is looked for
const other = /\r{1,4}(?=\n)|\uFEFF|\u001B\[[0-9;:?]{0,40}[A-Za-z]|[\r\u0085\u2028\u2029]/g
const lineEnd = /^[\r\u0085\u2028\u2029]$/

/** The text with lines that end as they do here, so that no search has to know of others; undefined where they do already. */
export function plainOf (text: string): { plain: string, shifts: Shift[] } | undefined {
  const shifts: Shift[] = [{ inner: 0, raw: 0 }]
  let plain = ''
  let at = 0
  for (const { index, 0: sign } of text.matchAll(other)) {
    plain += text.slice(at, index)
    at = index + sign.length
    if (lineEnd.test(sign) && text[at] !== '\n') plain += '\n'
    shifts.push({ inner: plain.length, raw: at })
  }
  return at === 0 ? undefined : { plain: plain + text.slice(at), shifts }
}
