import { places } from './drafts.ts'
import type { Token } from './tokens.ts'
import { clauseStarts, verbAtFront } from './verbs.ts'

/** "For each of api, web and worker: …": all that follows is asked for once a name. Null where no names are listed, as in "for each namespace". */
export function readEach (tokens: readonly Token[]): { names: readonly (readonly Token[])[], rest: readonly Token[] } | null {
  const [preposition, each] = tokens
  if (!preposition || !/^(?:for|in|on)$/.test(preposition.lower) || !/^(?:each|every|all)$/.test(each?.lower ?? '')) return null
  const names: Token[] = []
  let at = tokens[2]?.lower === 'of' ? 3 : 2
  for (let joined = true; at < tokens.length; at++) {
    const token = tokens[at]
    if (!token || token.text === ':') break
    if (/^(?:,|and|&)$/.test(token.lower)) {
      joined = true
      if (token.text === ',' && startsWork(tokens, at + 1)) break
      continue
    }
    if (!joined || token.kind === 'mark' || /^(?:the|our|my|these|those)$/.test(token.lower)) return null
    names.push(token)
    joined = false
  }
  const rest = tokens.slice(at + 1)
  if (names.length < 2 || (rest.length > 0 && !startsWork(rest, 0))) return null
  return { names: names.map((name) => [{ ...preposition, text: places.has(name.lower) ? 'in' : preposition.lower, lower: preposition.lower, spaced: true }, { ...name, spaced: true }]), rest }
}

function startsWork (tokens: readonly Token[], at: number): boolean {
  return clauseStarts(tokens, at, true) || verbAtFront(tokens, at) !== null
}
