import { isSecretValue } from './names.ts'
import { closeOf, valueLimit } from './value.ts'

interface Piece { index: number, text: string }

/** Strings joined to the one before: `"a" + "b"`, `'a' . 'b'`, over lines as well. */
const joined = /\s{0,80}(?:\+|\.\.?|&)\s{0,80}(["'`])/y
/** What comes of an expression in one case: what stands behind `?`, `:`, `=>`, `+`, `else` and the like. */
const outcome = /(?:[?:+]|=>|(?<![\w-])(?:else|then|return))[ \t({]{0,8}(?:return[ \t]{1,4})?(["'`])/g
/** Calls that give back what they are given, in another type. */
const conversion = /(?:\[\]byte|Some|Ok|Just|String(?:::from|\.valueOf)?|str|bytes|bytearray|Buffer\.from|Secret(?:Str(?:ing)?)?(?:::(?:new|from))?|(?:Optional|List|Set|Mono|Arrays)\.(?:of|just|asList)|(?:base64\.)?b64decode|atob|btoa|new[ \t]{1,4}[\w.]{1,60})\([ \t]{0,4}[bru]?(["'`])/y

/** Strings of the expression that is assigned to a secret's name, where `rest` begins. What is compared or looked up in it stays. */
export function piecesOf (text: string, from: number, word: string): Piece[] {
  const rest = text.slice(from, from + valueLimit)
  const first = /^[bru]?(["'`])/.exec(rest)
  if (first) return [...joinedTo(rest, first[0].length, first[1]!, word), ...outcomesIn(rest, word)].map((each) => ({ ...each, index: from + each.index }))
  conversion.lastIndex = 0
  const call = conversion.exec(rest)
  return [...(call ? joinedTo(rest, call[0].length, call[1]!, word, 1) : []), ...outcomesIn(rest, word)].map((each) => ({ ...each, index: from + each.index }))
}

/** The string that begins there, with those joined to it; judged as a whole. One alone is none of this, unless `fewest` is 1. */
function joinedTo (rest: string, from: number, quote: string, word: string, fewest = 2): Piece[] {
  const pieces: Piece[] = []
  let open = quote
  let at = from
  for (;;) {
    const close = closeOf(rest, at, open)
    if (close < 0) break
    pieces.push({ index: at, text: rest.slice(at, close) })
    joined.lastIndex = close + 1
    const next = joined.exec(rest)
    if (!next) break
    open = next[1]!
    at = joined.lastIndex
  }
  const whole = pieces.map(({ text }) => text).join('')
  return pieces.length >= fewest && !/\s/.test(whole) && isSecretValue(word, whole) ? pieces.filter(({ text }) => text !== '') : []
}

function outcomesIn (rest: string, word: string): Piece[] {
  const line = rest.split('\n', 1)[0]!
  if (!/[?+]|=>|else|return/.test(line)) return []
  const isChoice = /\?|=>|(?<![\w-])(?:if|else|then|return)(?![\w-])/.test(line)
  return [...line.matchAll(outcome)].flatMap(({ index, 0: sign, 1: open }) => {
    if (!isChoice && !sign.startsWith('+')) return []
    const at = index + sign.length
    const text = line.slice(at, Math.max(at, closeOf(line, at, open!)))
    return !/\s/.test(text) && isSecretValue(word, text) ? [{ index: at, text }] : []
  })
}
