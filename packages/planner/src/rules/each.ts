import { splitClauses } from './clauses.ts'
import { places } from './drafts.ts'
import type { Token } from './tokens.ts'
import { clauseStarts, verbAtFront } from './verbs.ts'

export interface Each {
  /** "for api", "for web" */
  names: readonly (readonly Token[])[]
  /** What is asked for once a name. */
  rest: readonly Token[]
}

/** "For each of api, web and worker: …" and "… for each of api and web". Null where no names are listed, as in "for each namespace". */
export function readEach (tokens: readonly Token[]): Each | null {
  return readInFront(tokens) ?? readBehind(tokens)
}

function readInFront (tokens: readonly Token[]): Each | null {
  const opened = opening(tokens)
  if (!opened) return null
  const { names, end } = namesAt(tokens, opened.at)
  const rest = tokens.slice(end + 1)
  if (names.length < 2 || (rest.length > 0 && !startsWork(rest, 0))) return null
  // "For staging and prod: …" is one place to work in; "for api and web: …" are two things.
  if (!opened.each && (tokens[end]?.text !== ':' || names.some(({ lower }) => places.has(lower)))) return null
  return { names: names.map((name) => phrase(opened.preposition, name)), rest }
}

/** Only where several things are asked for: "create a database for each of api and web" is told as it stands. */
function readBehind (tokens: readonly Token[]): Each | null {
  const at = tokens.findLastIndex(({ lower }, i) => /^(?:for|in|on)$/.test(lower) && /^(?:each|every)$/.test(tokens[i + 1]?.lower ?? '') && tokens[i + 2]?.lower === 'of')
  const preposition = tokens[at]
  if (at < 2 || !preposition) return null
  const { names, end } = namesAt(tokens, at + 3)
  const rest = tokens.slice(0, at)
  return end === tokens.length && names.length > 1 && splitClauses(rest).length > 1 ? { names: names.map((name) => phrase(preposition, name)), rest } : null
}

function opening (tokens: readonly Token[]): { preposition: Token, each: boolean, at: number } | null {
  const [preposition, next] = tokens
  if (!preposition || !/^(?:for|in|on)$/.test(preposition.lower)) return null
  if (!/^(?:each|every|all)$/.test(next?.lower ?? '')) return { preposition, each: false, at: 1 }
  const at = tokens[2]?.lower === 'of' ? 3 : 2
  // "for each of these services: api, web, worker: …"
  const colon = tokens.slice(at, at + 5).findIndex(({ text }) => text === ':')
  const further = colon > 0 && tokens.slice(at + colon + 1).some(({ text }) => text === ':')
  return { preposition, each: true, at: further ? at + colon + 1 : at }
}

/** Names of one word each, in a list; `end` is where it stops. None where other words stand among them. */
function namesAt (tokens: readonly Token[], from: number): { names: readonly Token[], end: number } {
  const names: Token[] = []
  let at = from
  for (let joined = true; at < tokens.length; at++) {
    const token = tokens[at]
    if (!token || token.text === ':') break
    if (/^(?:,|and|&)$/.test(token.lower)) {
      joined = true
      if (token.text === ',' && startsWork(tokens, at + 1)) break
      continue
    }
    if (!joined || token.kind === 'mark' || /^(?:the|our|my|these|those)$/.test(token.lower)) return { names: [], end: at }
    names.push(token)
    joined = false
  }
  return { names, end: at }
}

function phrase (preposition: Token, name: Token): readonly Token[] {
  return [{ ...preposition, text: places.has(name.lower) ? 'in' : preposition.lower, lower: preposition.lower, spaced: true }, { ...name, spaced: true }]
}

function startsWork (tokens: readonly Token[], at: number): boolean {
  return clauseStarts(tokens, at, true) || verbAtFront(tokens, at) !== null
}
