/** A value, and where in the text it was taken from it begins. */
export interface Value { index: number, text: string, quoted: boolean }

/** What is looked at of one value on one line, in characters. */
export const valueLimit = 512

const quote = /\\{0,3}(?:"""|'''|["'`])/y

/** What is assigned, at the start of `rest`: what stands in quotes; alone on its line, all of it; else up to what ends it in a sentence, a URL, a list. */
export function valueOf (rest: string, alone: boolean): Value | undefined {
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
