import { isSecretValue, nameEnd, namesSecret } from './names.ts'
import { isDrawnValue } from './not-a-secret.ts'
import { valueAt } from './value.ts'

/** A call whose first argument in quotes is a secret's name, or an option of that name: `get('API_KEY', …)`, `option('-p, --password <pw>', …)`. */
const named = new RegExp(`\\(\\s{0,60}(?:\\\\{0,3}["']-\\w\\\\{0,3}["'],\\s{0,60})?\\\\{0,3}["'\`][\\w./, -]{0,60}?${nameEnd}(?:[ \\t=]{1,2}[<[][\\w. -]{1,40}[>\\]])?\\\\{0,3}["'\`]\\s{0,20},`, 'gid')
/** What is assigned a call: `password: str = Field(…)`. */
const assigned = new RegExp(`${nameEnd}[ \\t]{0,4}(?::[^=\\n"'\`({]{1,40})?[ \\t]{0,4}[:=][ \\t]{0,4}[\\w.]{1,60}\\(`, 'gid')
/** What an argument of a call is, as far as it has to be told: what opens and closes, a default, a string. */
const part = /[()[\]{}]|(?<![\w-])(?<field>default(?:_?value)?|fallback)\\{0,3}["']?[ \t]{0,4}[:=][ \t]{0,4}|\\{0,3}"(?:[^"\\\n]|\\[^"\n]){0,400}\\{0,3}"|\\{0,3}'(?:[^'\\\n]|\\[^'\n]){0,400}\\{0,3}'/gi
/** What takes its default without a word for it. */
const positional = /(?:^|[^\w])(?:option|add_?option)$/i
/** What each of these calls holds, so that most texts are passed over quickly. */
const hint = /default|fallback|option/i
/** How far from its name a default may stand, in characters. */
const reach = 500

/** Values that count where nothing else is given to what has a secret's name, among the arguments of a call. */
export function findDefaults (text: string, add: (index: number, length: number) => void): void {
  if (!hint.test(text)) return
  for (const pattern of [named, assigned]) {
    for (const match of text.matchAll(pattern)) {
      const word = match[1]!
      const [at] = match.indices![1]!
      if (!namesSecret(text.slice(Math.max(0, at - 60), at).split('\n').at(-1)!, word)) continue
      const isPositional = pattern === named && positional.test(text.slice(Math.max(0, match.index - 20), match.index))
      for (const value of defaultsIn(text, match.index + match[0].length, isPositional)) {
        if (isSecretValue(word, value.text) && (value.isSaid || isDrawnValue(value.text))) add(value.index, value.text.length)
      }
    }
  }
}

/** Strings of a call that are a default, until it ends. Those of calls within it are not. */
function defaultsIn (text: string, from: number, isPositional: boolean): Array<{ index: number, text: string, isSaid: boolean }> {
  const found: Array<{ index: number, text: string, isSaid: boolean }> = []
  let depth = 0
  let skipped = from
  for (const { index, 0: sign, groups } of text.slice(from, from + reach).matchAll(part)) {
    const at = from + index
    if (at < skipped) continue
    if (/^[([{]$/.test(sign)) depth++
    else if (/^[)\]}]$/.test(sign)) depth--
    else if (groups?.field !== undefined || (isPositional && depth === 0)) {
      const start = groups?.field === undefined ? at : at + sign.length
      const value = valueAt(text, start, false)
      if (value?.quoted) {
        found.push({ index: value.index, text: value.text, isSaid: groups?.field !== undefined })
        skipped = value.index + value.text.length + 1
      }
    }
    if (depth < 0) break
  }
  return found
}
