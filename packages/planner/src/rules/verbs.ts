import { requestFrames } from './frames.ts'
import { compoundHeads, determiners, doubtfulVerbs, finiteVerbs, functionWords, negations, particleVerbs, plainVerbs, prepositions, pronouns, fillers } from './lexicon.ts'
import { priorityLength } from './priorities.ts'
import { misspeltVerb } from './spelling.ts'
import { isWord, matchPhrase, words, type Token } from './tokens.ts'

export interface Verb {
  /** Tokens it takes: two for "set up". */
  length: number
  /** The form an instruction has: "deploying" gives "deploy". */
  base: string
  gerund: boolean
}

/** Plain verbs that also stand before nouns: "a deploy key", "the upgrade window". */
const nounLike = words('refresh deploy install download upload debug upgrade update merge draft fix sync switch transfer record display show trace trigger purge use split drain profile estimate research email book setup rollback rollout shutdown teardown')
/** Verbs of two words as people in a hurry write them. */
const joinedVerbs: ReadonlyMap<string, string> = new Map([['setup', 'set up'], ['rollback', 'roll back'], ['rollout', 'roll out'], ['shutdown', 'shut down'], ['teardown', 'tear down'], ['spinup', 'spin up']])
/** Doubtful verbs that before a bare noun are nearly always verbs. */
const mostlyVerbs = words('run check restart monitor document scale secure watch export import extract search count forward transform throttle list review track mirror push pull tag patch back')
/** Doubtful verbs that go with a preposition: "check for leaks", "report on costs". */
const takesPreposition = words('check scan search report look watch work monitor alert')
const nounEndings = /(?:ing|tion|ment|ity|ness|ance|ence|ship|ism|ies|ly|ous|ive|ble|ful|al)$/

/** The verb that the clause beginning at `at` opens with. */
export function verbAtFront (tokens: readonly Token[], at: number): Verb | null {
  const verb = knownVerb(tokens, at)
  if (!verb) return unknownVerb(tokens, at)
  // "Deploy or not deploy, that is the question."
  if (tokens[at + verb.length]?.lower === 'or' && tokens[at + verb.length + 1]?.lower === 'not') return null
  // "monitoring, a scan and …": without an object such a word is a noun.
  if (verb.gerund && !isWord(tokens[at + verb.length]) && tokens[at + verb.length]?.kind !== 'quote') return null
  return isStatement(tokens, at, verb) ? null : verb
}

/** The verb of a further clause behind a comma or "and": the same, but doubtful words need an object that shows them to be verbs. */
export function verbAmid (tokens: readonly Token[], at: number, gerunds: boolean): Verb | null {
  const verb = knownVerb(tokens, at)
  if (!verb) return unknownVerb(tokens, at)
  if (verb.gerund && !gerunds) return null
  const next = tokens[at + verb.length]
  if (!next || (next.kind === 'mark' && (next.text !== '(' || verb.gerund)) || next.lower === 'and' || next.lower === 'or' || finiteVerbs.has(next.lower)) return null
  if (verb.length > 1) return verb
  if (isDetermined(next)) return verb
  const lower = tokens[at]?.lower ?? ''
  if (/^(?:for|of|in|by)$/.test(next.lower)) return takesPreposition.has(verb.base) && next.lower === 'for' ? verb : null
  if (prepositions.has(next.lower) && doubtfulVerbs.has(lower)) return takesPreposition.has(lower) ? verb : null
  if (mostlyVerbs.has(lower) && !compoundHeads.has(next.lower)) return verb
  if (mostlyVerbs.has(lower)) return lower === 'run' || /s$/.test(next.lower) ? verb : null
  if (doubtfulVerbs.has(lower) || nounLike.has(lower)) return compoundHeads.has(next.lower) || /ing$/.test(next.lower) ? null : verb
  return verb
}

/** Whether a request begins here: a verb, or words of asking before one. */
export function clauseStarts (tokens: readonly Token[], at: number, gerunds: boolean): boolean {
  let i = at
  let asked = false
  let denied = false
  // As many as are passed over before a clause is read.
  for (let phrases = 0; phrases < 24; phrases++) {
    const negation = matchPhrase(tokens, i, negations)
    const asking = matchPhrase(tokens, i, requestFrames) || negation
    denied ||= asking > 0 && asking === negation
    const skipped = asking || matchPhrase(tokens, i, fillers) || priorityLength(tokens, i)
    if (skipped === 0) break
    asked ||= asking > 0
    i += skipped
  }
  // "…, but do scan the manifests"
  if (tokens[i]?.lower === 'do' && verbAtFront(tokens, i + 1) !== null) return true
  const word = tokens[i]
  if (word?.kind !== 'word') return word?.kind === 'quote' && asked
  if (denied && i - at > 0 && tokens[i - 1]?.lower !== 'not') return true
  if (asked && !prepositions.has(word.lower)) return i - at > 1 || verbAtFront(tokens, i) !== null
  if (/^(?:what|how|why|who|where|which)(?:'s)?$/.test(word.lower)) return /'s$/.test(word.lower) || /^(?:is|are|was|were|do|does|did|about|can|should)$/.test(tokens[i + 1]?.lower ?? '')
  // "…, it's red since yesterday" tells something about what stands before.
  if (/^(?:it's|they're|that's|we're|there's)$/.test(word.lower)) return true
  if (/^(?:it|they|we)$/.test(word.lower) && finiteVerbs.has(tokens[i + 1]?.lower ?? '')) return true
  return verbAmid(tokens, i, gerunds) !== null
}

export function isDetermined (token: Token | undefined): boolean {
  return token !== undefined && (token.kind === 'quote' || determiners.has(token.lower) || pronouns.has(token.lower))
}

/** The form of instruction of "-ing", or null when it is none. */
export function baseOfGerund (word: string): string | null {
  if (!word.endsWith('ing') || word.length < 5) return null
  const root = word.slice(0, -3)
  for (const base of [root, `${root}e`, root.slice(0, -1)]) if (isVerbWord(base)) return base
  return null
}

const particleFirsts: ReadonlySet<string> = new Set([...particleVerbs].map((verb) => verb.split(' ', 1)[0] ?? ''))

export function isVerbForm (token: Token | undefined): boolean {
  return isWord(token) && isVerbWord(token.lower)
}

function isVerbWord (word: string): boolean {
  return plainVerbs.has(word) || doubtfulVerbs.has(word) || particleFirsts.has(word)
}

export function knownVerb (tokens: readonly Token[], at: number): Verb | null {
  const token = tokens[at]
  if (!isWord(token)) return null
  const gerundBase = baseOfGerund(token.lower)
  const base = gerundBase ?? misspeltVerb(token.lower) ?? token.lower
  const next = tokens[at + 1]?.lower ?? ''
  // "Smoke test it" is work; a "smoke test" is a thing.
  const compound = next === 'test' && !isDetermined(tokens[at + 2])
  if (particleVerbs.has(`${base} ${next}`) && !compound) return { length: 2, base: `${base} ${next}`, gerund: gerundBase !== null }
  const joined = joinedVerbs.get(token.lower)
  if (joined !== undefined) return isDetermined(tokens[at + 1]) || (isWord(tokens[at + 1]) && ![compoundHeads, prepositions, finiteVerbs, functionWords].some((set) => set.has(next))) ? { length: 1, base: joined, gerund: false } : null
  if (gerundBase !== null) return { length: 1, base, gerund: true }
  if (!plainVerbs.has(base) && !doubtfulVerbs.has(base)) return base === 'do' && (isDetermined(tokens[at + 1]) || next === 'so') ? { length: 1, base, gerund: false } : null
  return { length: 1, base, gerund: false }
}

/** "Found the culprit", "quipped the boss" */
const past = /^(?:found|lost|left|made|took|got|went|saw|knew|thought|told|meant|heard|felt|quit|spoke|wrote|broke|chose|began|forgot|gave|came|held|kept|sent|built|spent|met|ran|quoth)$|[^e]ed$/

/** "Frobnicate the gateway": a word nobody knows, before a determiner, can only be the verb. */
function unknownVerb (tokens: readonly Token[], at: number): Verb | null {
  const token = tokens[at]
  const next = tokens[at + 1]
  if (!isWord(token) || next?.kind !== 'word') return null
  const { lower } = token
  // "unseal it": undoing is a verb also before a pronoun.
  if (/^(?:un|re|de|dis)[a-z]{3,17}$/.test(lower) && /^(?:it|them)$/.test(next.lower) && !/(?:ed|es|ing|ly)$/.test(lower)) return { length: 1, base: lower, gerund: false }
  const shape = /^[a-z]{3,20}(?:-[a-z]{2,20})?$/.test(lower) && !nounEndings.test(lower) && !/s$/.test(lower)
  if (!shape || past.test(lower) || functionWords.has(lower) || determiners.has(lower) || prepositions.has(lower) || finiteVerbs.has(lower)) return null
  return /^(?:the|a|an|all|our|my|your|every|these|those)$/.test(next.lower) ? { length: 1, base: lower, gerund: false } : null
}

/** "Deploy failed", "test environment is down": the first word looks like a verb, but the sentence tells something. */
function isStatement (tokens: readonly Token[], at: number, verb: Verb): boolean {
  const next = tokens[at + verb.length]
  if (next && finiteVerbs.has(next.lower) && !isDetermined(next)) return !/^(?:keep|keeps|needs)$/.test(next.lower)
  // "Rotating the keys broke the importer" tells, too.
  if (verb.length > 1 || (isDetermined(next) && !verb.gerund)) return false
  const lower = tokens[at]?.lower ?? ''
  if (!doubtfulVerbs.has(lower) && !nounLike.has(lower) && !verb.gerund) return false
  for (let i = at + 1; i < tokens.length; i++) {
    const word = tokens[i]
    if (word?.kind === 'mark') return false
    if (word?.kind !== 'word') continue
    if (/^(?:that|which|if|whether|why|where|how|once|when|after|before|because|so|until|unless|as|who|what|while)$/.test(word.lower)) return false
    if (finiteVerbs.has(word.lower) || isJudged(tokens, i)) return true
  }
  return false
}

const seeming = words('look looked seem seemed sound sounds feel feels read reads appear appears run runs ran work works worked come comes came went stay stays stayed turned perform performs behave behaves')
const judging = words('good great fine ok okay nice perfect well right wrong bad badly weird strange odd clean healthy better worse best awesome amazing excellent solid broken flaky slow fast correct complete promising familiar outdated identical happy stable smoothly nicely perfectly again')

/** "Release notes look good", "build scripts ran fine": what is said of the thing stands behind a verb of its own. */
function isJudged (tokens: readonly Token[], at: number): boolean {
  if (!seeming.has(tokens[at]?.lower ?? '') || (at < 2 && !compoundHeads.has(tokens[at - 1]?.lower ?? ''))) return false
  const rest = tokens.slice(at + 1, at + 12).filter(({ lower }) => !/^(?:very|really|so|quite|pretty|rather|all|out|up|back|too|now|just|much|still|a|lot|bit|little|and|to|me|us)$/.test(lower))
  // An "ok" or a "now" at the end was passed over before.
  if (rest.length === 0) return /^(?:look|seem|sound|feel)s?$/.test(tokens[at]?.lower ?? '')
  return rest.length <= 3 && judging.has(rest[0]?.lower ?? '')
}
