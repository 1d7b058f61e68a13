import type { Category, Priority } from '@cortex/contracts'
import type { Gate } from './asked.ts'
import { categoryOfWork } from './categories.ts'
import type { Condition } from './clauses.ts'
import { parallelPhrases, prepositions, orderPhrases, fillers } from './lexicon.ts'
import { findPriority } from './priorities.ts'
import { subjectStems } from './stems.ts'
import { titleOf } from './titles.ts'
import { matchPhrase, render, words, type Token } from './tokens.ts'

/** A task as it is being planned. Others are named by the drafts themselves until all are known. */
export interface Draft {
  title: string
  description: string
  category: Category
  priority: Priority | null
  /** The number it has in a list of the person's. */
  number: number | null
  /** What it works on, for a later "it". */
  object: readonly Token[]
  /** The same with all that follows: "nginx by Traefik in dev". */
  whole: readonly Token[]
  verb: string
  /** The words others may name it by. */
  stems: ReadonlySet<string>
  conditions: readonly Condition[]
  after: Set<Draft>
  /** Tasks of earlier turns it waits for. */
  afterIds: Set<string>
  /** What it is to wait for although no task stands for it, in the person's words; it is not started then. */
  heldUntil: { said: string, why: 'condition' | 'moment' | 'outcome' | 'doubt' | 'lead-in' } | null
  /** The question whose answer it hangs on. */
  gate: Gate | null
}

export interface DraftParts {
  verb: string
  object: readonly Token[]
  /** What it is called by when the object is a pronoun. */
  named: readonly Token[]
  /** "for staging-eu", said once for several. */
  qualifier: readonly Token[]
  /** The head of the list it stands in. */
  setting: readonly Token[]
  description: string
  priority: Priority | null
  conditions: readonly Condition[]
}

export function createDraft ({ verb, object, named, qualifier, setting, description, priority, conditions }: DraftParts): Draft {
  const titled = [...named, ...spaced(qualifier)]
  const at = titled.findIndex(({ lower, depth }, i) => i > 0 && depth === 0 && (lower === ':' || lower === 'instead' || (prepositions.has(lower) && lower !== 'of')))
  const title = titleOf(verb, titled)
  return {
    title,
    description,
    category: categoryOfWork({ verb, object: titled, core: at === -1 ? titled.length : at, setting }),
    priority,
    number: null,
    object: stripWhere(object),
    whole: object,
    verb,
    stems: subjectStems(`${title} ${render(object)}`),
    conditions,
    after: new Set(),
    afterIds: new Set(),
    heldUntil: null,
    gate: null
  }
}

/** Takes out what is about the message and not about the work: "in parallel", "please", "asap". What stands in brackets belongs to one thing of several. */
export function stripAsides (tokens: readonly Token[], brackets = false): { tokens: readonly Token[], priority: Priority | null } {
  const found = findPriority(tokens.map((token) => token.depth > 0 && !brackets ? { ...token, lower: '' } : token))
  const kept: Token[] = []
  const phrase = found ? widen(tokens, found.from, found.to) : null
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]
    if (!token) break
    if (phrase && i >= phrase.from && i < phrase.to) continue
    const aside = matchPhrase(tokens, i, parallelPhrases) || matchPhrase(tokens, i, orderPhrases)
    if (aside > 0) { i += aside - 1; continue }
    if (/^(?:please|pls|plz|thanks|too|afterwards)$/.test(token.lower) && tokens[i - 1]?.lower !== 'me') continue
    kept.push(token)
  }
  return { tokens: trim(kept), priority: found?.priority ?? null }
}

/** "(urgent)", "with high priority", ", it is urgent": the words around go with it. */
function widen (tokens: readonly Token[], from: number, to: number): { from: number, to: number } {
  let [start, end] = [from, to]
  while (/^(?:with|as|a|an|it|it's|this|that|is|very|really|this's|at|and)$/.test(tokens[start - 1]?.lower ?? '') && start > 0) start--
  if (/^[([]$/.test(tokens[start - 1]?.text ?? '') && /^[)\]]$/.test(tokens[end]?.text ?? '')) { start--; end++ }
  if (/^[:!]$/.test(tokens[end]?.text ?? '')) end++
  return { from: start, to: end }
}

const edges = words(', ; : - – — and but & . !')

export function trim (tokens: readonly Token[]): readonly Token[] {
  let [from, to] = [0, tokens.length]
  while (from < to && edges.has(tokens[from]?.lower ?? '')) from++
  while (to > from && (edges.has(tokens[to - 1]?.lower ?? '') || (to - from > 1 && /^(?:also|now|right|ok|okay|thanks)$/.test(tokens[to - 1]?.lower ?? '') && matchPhrase(tokens, to - 1, fillers) > 0))) to--
  return tokens.slice(from, to)
}

export const places = words('staging prod production dev development qa uat cluster clusters namespace namespaces region regions environment environments datacenter tenant project account workspace preprod sandbox test live')

/** The last phrase of a clause when it says where: "to staging-eu", "in the payments namespace". */
export function wherePhrase (tokens: readonly Token[]): readonly Token[] {
  for (let i = tokens.length - 2; i > 0 && i >= tokens.length - 7; i--) {
    const token = tokens[i]
    if (!token || token.depth > 0) return []
    if (!prepositions.has(token.lower)) continue
    const isWhere = /^(?:for|in|on|to|across|at|into|against)$/.test(token.lower) && tokens.slice(i + 1).some(({ lower }) => places.has(lower) || /^(?:staging|prod|dev|qa|eu|us|ap|preprod)-|-(?:staging|prod|dev|qa|eu|us|cluster)$/.test(lower))
    return isWhere ? tokens.slice(i) : []
  }
  return []
}

function stripWhere (tokens: readonly Token[]): readonly Token[] {
  const listed = tokens.findIndex(({ lower }) => lower === 'of')
  // "Make a list of the jobs and delete those": the jobs are meant.
  const things = listed > 0 && /^(?:list|inventory|overview|catalog|catalogue|report)$/.test(tokens[listed - 1]?.lower ?? '') ? tokens.slice(listed + 1) : tokens
  const at = things.findIndex(({ lower }, i) => i > 0 && prepositions.has(lower) && lower !== 'of')
  return at === -1 ? things : things.slice(0, at)
}

export function spaced (tokens: readonly Token[]): readonly Token[] {
  return tokens.map((token, i) => i === 0 ? { ...token, spaced: true } : token)
}
