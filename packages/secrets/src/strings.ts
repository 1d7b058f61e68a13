import { placesIn, type SecretFound, type Shift } from './found.ts'

/** A line of one that ends with a backslash goes on in YAML. */
const string = /"((?:[^"\\\n]|\\[^])*)"/y
/** In YAML one may go on without, and a break is a space then, or as many breaks as there are empty lines. */
const overLines = /"((?:[^"\\]|\\[^])*)"/y
const escape = /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\n[ \t]*|[^])|\n[ \t\n]*/g
const deepest = 3

/** Secrets in strings of JSON and YAML that hold lines, quotes or JSON of their own: they are read as what they stand for. `find` is what looks for them. */
export function findInStrings (text: string, find: (inner: string, depth: number) => readonly SecretFound[], depth: number): SecretFound[] {
  if (depth >= deepest) return []
  const found: SecretFound[] = []
  const add = (raw: string, from: number) => {
    if (/\\[enrux"\n]/.test(raw)) found.push(...findInEscaped(raw, from, (inner) => find(inner, depth + 1)))
  }
  let isOpen = false
  for (let at = text.indexOf('"'); at >= 0;) {
    string.lastIndex = at
    const raw = string.exec(text)?.[1]
    if (raw !== undefined) {
      const next = string.lastIndex // looking into it uses the pattern anew
      add(raw, at + 1)
      at = text.indexOf('"', next)
      continue
    }
    // Nothing closes it on its line, nor what follows there.
    const end = text.indexOf('\n', at)
    if (end >= 0 && !isOpen) {
      overLines.lastIndex = at
      const whole = overLines.exec(text)?.[1]
      isOpen = whole === undefined
      if (whole !== undefined) add(whole, at + 1)
    }
    at = end < 0 ? -1 : text.indexOf('"', end)
  }
  return found
}

function findInEscaped (raw: string, offset: number, find: (inner: string) => readonly SecretFound[]): SecretFound[] {
  const shifts: Shift[] = [{ inner: 0, raw: offset }]
  let inner = ''
  let at = 0
  for (const { index, 0: sign } of raw.matchAll(escape)) {
    const meant = meaning(sign)
    inner += raw.slice(at, index) + meant
    at = index + sign.length
    // An escaped sign ends where the next begins, so that a secret that ends with it is replaced whole.
    if (meant !== '') shifts.push({ inner: inner.length - 1, raw: offset + at - 1 })
    shifts.push({ inner: inner.length, raw: offset + at })
  }
  return placesIn(find(inner + raw.slice(at)), shifts)
}

function meaning (sign: string): string {
  if (/^\\[ux]./.test(sign)) return String.fromCharCode(Number.parseInt(sign.slice(2), 16))
  if (sign[1] === '\n' && sign.startsWith('\\')) return ''
  if (sign.startsWith('\n')) return '\n'.repeat(sign.split('\n').length - 2) || ' '
  return { '\\n': '\n', '\\r': '\r', '\\t': '\t', '\\b': '\b', '\\f': '\f', '\\e': '\u001B' }[sign] ?? sign.slice(1)
}
