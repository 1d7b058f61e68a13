import type { Priority } from '@cortex/contracts'
import { openerWords, readLeadingCondition, readOpener, type Condition } from './clauses.ts'
import { places, spaced, stripAsides, trim, wherePhrase } from './drafts.ts'
import { requestFrames } from './frames.ts'
import { fillers, orderPhrases, particleVerbs, prepositions } from './lexicon.ts'
import { readPassive } from './passives.ts'
import { takeTime, timeLength } from './times.ts'
import { matchPhrase, words, type Token } from './tokens.ts'
import { clauseStarts, verbAtFront } from './verbs.ts'

/** What stands before a list or a colon and holds for all that follows. */
export interface Head {
  /** The verb for parts without one: "Deploy: Redis, Postgres". */
  verb: string | null
  /** Whether it names the work itself ("Set up monitoring:"), so that a list of nouns only says more about it. */
  concrete: boolean
  qualifier: readonly Token[]
  /** "for api": one of several names all of it is asked for. */
  each: readonly Token[]
  /** "everything except the dashboards" */
  except: readonly Token[]
  /** All its words; they tell of which field the parts are. */
  words: readonly Token[]
  ordered: boolean
  priority: Priority | null
  /** "Tomorrow:" */
  conditions: readonly Condition[]
  /** Whether it says nothing but that work follows. */
  empty: boolean
  /** Whether it announces a list: "the following", "three things". */
  announces: boolean
}

export const noHead: Head = { verb: null, concrete: false, qualifier: [], each: [], except: [], words: [], ordered: false, priority: null, conditions: [], announces: false, empty: false }

const announcing = words('below attached everything following things tasks items steps jobs points todos below todo stuff work')
const filling = words('following these this things tasks items steps jobs points below todos todo the them it those everything all of two three four five six seven eight nine ten several some our my few couple a please for me us in on and now next also work stuff list i need we to be done')
/** Verbs that say only that something is to be done. */
export const vague = words('do handle complete perform execute start make get help finish work tackle run need')

/** What a group of items holds for all of them: "staging:" is a place, "Security" a field. */
export function readGroup (given: readonly Token[]): Pick<Head, 'qualifier' | 'words' | 'priority'> {
  const { tokens, priority } = stripAsides(trim(given))
  const [first] = tokens
  const place = first !== undefined && tokens.length <= 2 && !prepositions.has(first.lower) && tokens.some(({ lower }) => places.has(lower))
  const inside: Token = { ...edge, text: 'in', lower: 'in', spaced: true }
  return { qualifier: place ? [inside, ...spaced(tokens)] : wherePhrase([edge, ...tokens]), words: tokens, priority }
}

/** Phrases are looked for behind a first word. */
const edge: Token = { text: '', lower: '', kind: 'word', spaced: false, depth: 0 }

export function readHead (given: readonly Token[]): Head {
  const tokens = joinParticle(trim(given))
  const { tokens: bare, priority } = stripAsides(tokens)
  let at = 0
  for (let length = 1; length > 0; at += length) length = Math.max(matchPhrase(bare, at, requestFrames), matchPhrase(bare, at, fillers), /^[,:]$/.test(bare[at]?.text ?? '') ? 1 : 0)
  const verb = verbAtFront(bare, at)
  const { time } = takeTime([edge, ...bare])
  const qualifier = wherePhrase([edge, ...bare])
  const object = bare.slice(at + (verb?.length ?? 0), bare.length - qualifier.length)
  const bareVerb = verb !== null && !object.some(({ lower, kind }) => kind !== 'mark' && !filling.has(lower))
  const announces = bareVerb || bare.some(({ lower }) => announcing.has(lower)) || bare.at(-1)?.lower === 'these'
  return {
    verb: verb && !vague.has(verb.base) && !bare.some(({ lower }) => /^(?:below|attached)$/.test(lower)) && verb.base !== 'take care' && verb.base !== 'work on' ? verb.base : null,
    concrete: verb !== null && !announces,
    qualifier,
    each: [],
    except: exceptIn(bare),
    words: bare,
    ordered: tokens.some((_, i) => matchPhrase(tokens, i, orderPhrases) > 0),
    priority,
    conditions: time.length > 0 ? [{ relation: 'at', opener: '', tokens: time }] : [],
    announces,
    empty: announces && verb !== null && vague.has(verb.base) && bareVerb
  }
}

/** "Set these up" is "set up these". */
function joinParticle (tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findIndex(({ lower }, i) => i > 0 && /^(?:these|those|them|all|this)$/.test(lower) && particleVerbs.has(`${tokens[i - 1]?.lower} ${tokens[i + 1]?.lower}`))
  const [pronoun, particle] = [tokens[at], tokens[at + 1]]
  return at === -1 || !pronoun || !particle ? tokens : [...tokens.slice(0, at), particle, pronoun, ...tokens.slice(at + 2)]
}

export function exceptIn (tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findIndex(({ lower }, i) => i > 0 && /^(?:except|excluding|but|minus|bar)$/.test(lower) && tokens.slice(0, i).some((before) => /^(?:everything|all|these|following|whole)$/.test(before.lower)))
  return at === -1 ? [] : tokens.slice(at + 1)
}

/** The head of a list, with what it waits for: "Once Prometheus is up, do the following:", "If so:". */
export function readListHead (tokens: readonly Token[], head: Head): Head {
  const said = trim(tokens)
  const led = readLeadingCondition(said)
  if (led && led.condition.relation !== 'at') return { ...readHead(led.rest), conditions: [led.condition] }
  const opener = readOpener(said, 0)
  return opener && opener.length < said.length ? { ...noHead, conditions: [{ relation: opener.relation, opener: openerWords(said, 0, opener.length), tokens: said.slice(opener.length), opens: true }] } : head
}

/** Cuts "Urgent: rotate the keys" and "For staging: deploy A, configure B" at the colon; null where the colon only explains. */
export function readLabel (tokens: readonly Token[]): { head: Head, label: readonly Token[], rest: readonly Token[], nominal: boolean } | null {
  const at = tokens.findIndex(({ text, depth }) => text === ':' && depth === 0)
  if (at < 1 || at === tokens.length - 1) return null
  const label = tokens.slice(0, at)
  const rest = tokens.slice(at + 1)
  // "The following hosts must be patched: web-1, db-1" is one sentence.
  if (readPassive(label, false)) return null
  const opener = readOpener(label, 0)
  // "3) after both: run the smoke tests"
  const condition: Condition[] = opener && opener.length < label.length ? [{ relation: opener.relation, opener: openerWords(label, 0, opener.length), tokens: label.slice(opener.length) }] : []
  const read = readHead(label)
  const head = condition.length > 0 ? { ...read, conditions: condition, concrete: false, verb: null } : read
  if (clauseStarts(rest, 0, true) || verbAtFront(rest, 0)) return { head, label, rest, nominal: false }
  if (head.announces && !head.concrete) return { head, label, rest, nominal: true }
  // "For each namespace: quota, network policy"
  if (/^(?:for|in|on)$/.test(label[0]?.lower ?? '') && label.length <= 6 && label.some(({ lower }) => /^(?:each|every|all|both)$/.test(lower) || places.has(lower))) return { head: { ...head, qualifier: label, words: [] }, label, rest, nominal: true }
  return head.priority && label.length < 6 ? { head, label, rest, nominal: true } : null
}

/** "In staging, deploy A and configure B": where it holds, said before the comma. */
export function readLeadingPlace (tokens: readonly Token[]): { qualifier: readonly Token[], rest: readonly Token[] } | null {
  if (!/^(?:for|in|on|across|at|within|inside)$/.test(tokens[0]?.lower ?? '') || !prepositions.has(tokens[0]?.lower ?? '')) return null
  const at = tokens.findIndex(({ text, depth }) => text === ',' && depth === 0)
  // "In that case, …" says when.
  if (tokens[at - 1]?.lower === 'case' || readOpener(tokens, 0)) return null
  if (timeLength(tokens, 0) === at) return null
  if (at < 2 || at > 8 || !(clauseStarts(tokens, at + 1, true) || verbAtFront(tokens, at + 1))) return null
  return { qualifier: tokens.slice(0, at), rest: tokens.slice(at + 1) }
}
