/** A value, and where in the text it was taken from it begins. */
export interface Value { index: number, text: string, quoted: boolean }

/** What is looked at of one value on one line, in characters. */
export const valueLimit = 512

/** Behind what some languages set before a string: `N'…'`, `@"…"`, `$'…'`. */
const quote = /(?:(?:[@$ENRrBbUuFfL]|[Rr][Bb]|[Bb][Rr])(?=["'`]))?(\\{0,3}(?:"""|'''|["'`]))/y
/** Another string right behind one, as a shell joins them. */
const joined = /(?:\\'|"[^"\s,;)}\]]{1,200}"|'[^'\s,;)}\]]{1,200}')/y

/** What is assigned, at the start of `rest`: what stands in quotes; alone on its line, all of it; else up to what ends it in a sentence, a URL, a list. */
export function valueOf (rest: string, alone: boolean): Value | undefined {
  quote.lastIndex = 0
  const [before, open] = quote.exec(rest) ?? []
  if (before !== undefined && open !== undefined) {
    const close = closeOf(rest, before.length, open)
    return { index: before.length, text: rest.slice(before.length, close < 0 ? undefined : close), quoted: true }
  }
  const whole = /^(?:\\[ \t]|\S)+(?=[ \t]*(?:#.*)?$|[ \t]*\\$)/.exec(rest.trimEnd())?.[0]
  const text = alone && whole !== undefined ? whole.replace(/[,;]$/, '') : /^[^\s"'`,;&#<>(){}[\]|\\]+/.exec(rest)?.[0]
  return text === undefined ? undefined : { index: 0, text, quoted: false }
}

/**
 * Where the string ends that `open` began before `from`: at the same quote, escaped just as often, and neither doubled nor joined to another string; -1
 * where it does not end.
 */
export function closeOf (text: string, from: number, open: string): number {
  const mark = open.at(-1)!
  const slashesOfMark = open.indexOf(mark)
  if (open.length - slashesOfMark === 3) return text.indexOf(open, from)
  for (let at = from, slashes = 0; at < text.length; at++) {
    if (text[at] === '\\') {
      slashes++
      continue
    }
    const ends = text[at] === mark && (slashesOfMark === 0 ? slashes % 2 === 0 : slashes === slashesOfMark)
    slashes = 0
    if (!ends) continue
    if (slashesOfMark > 0) return at - slashesOfMark
    if (at > from && mark !== '`' && text[at + 1] === mark) {
      at++
      continue
    }
    joined.lastIndex = at + 1
    const more = joined.exec(text)?.[0]
    if (more === undefined) return at
    // Behind `'\''` the string goes on; behind another string it is over.
    if (more !== "\\'") return at + more.length
    if (text[at + 3] !== mark) return at
    at += 3
  }
  return -1
}

/** Whether a backtick that stands at `from` ends what was quoted in a sentence (`password=` and so on), and begins no value. */
export function closesQuote (line: string, from: number): boolean {
  return from < valueLimit && /^`(?:[\s.,;:)]|$)/.test(line.slice(from, from + 2)) && line.slice(0, from).split('`').length % 2 === 0
}

/** The same in a text of many lines. */
export function valueAt (text: string, index: number, alone: boolean): Value | undefined {
  const value = valueOf(text.slice(index, index + valueLimit).split('\n', 1)[0]!, alone)
  return value && { ...value, index: index + value.index }
}

export function indentOf (line: string): number {
  return line.length - line.trimStart().length
}

/** The column the key on this line stands in, which a block below it is right of. */
export function columnOf (line: string): number {
  return /^[ \t]*(?:- +)*/.exec(line)![0].length
}

/** What a list in brackets holds, where one begins and ends there. */
export function elementsInBrackets (rest: string): Element[] {
  const list = /^\[(?!redacted: )[^[\]\n]*/.exec(rest)?.[0]
  return list === undefined ? [] : elementsOf(list)
}

interface Element { index: number, text: string }

/** The elements of a list without its end. Objects in it have names of their own. */
export function elementsOf (list: string): Element[] {
  if (/^\[\s*\{/.test(list)) return []
  return [...list.slice(1).matchAll(/\[redacted: [^\]\n]{1,80}\]|"((?:[^"\\]|\\.)+)"|'((?:[^']|'')+)'|([^\s,"']+)/g)].filter(({ 3: bare }) => bare === undefined || !/[(){}]|^\.{3}/.test(bare)).map(({ index, 0: whole, 1: double, 2: single, 3: bare }) => {
    const text = double ?? single ?? bare ?? ''
    return { index: 1 + index + whole.indexOf(text), text }
  })
}
