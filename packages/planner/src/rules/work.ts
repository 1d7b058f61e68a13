import { tellsPeople } from './categories.ts'
import { link } from './dependencies.ts'
import { createDraft, spaced, stripAsides, trim, type Draft, wherePhrase } from './drafts.ts'
import { determiners, prepositions } from './lexicon.ts'
import { splitObjects } from './objects.ts'
import type { Work } from './read-clause.ts'
import { render, sentence, type Token } from './tokens.ts'

export interface WorkContext {
  /** Drafts of the same message before this clause, the nearest last: what "it" and "them" can mean. */
  earlier: readonly Draft[]
  /** Those of the clause just before. */
  nearest: readonly Draft[]
  /** What was last spoken of without asking for work on it. */
  topic: readonly Token[]
  qualifier: readonly Token[]
  setting: readonly Token[]
  /** Items of a list are one task each, whatever they name. */
  keepWhole: boolean
  /** Whether "it" also means "after it". */
  sequential: boolean
}

/** The tasks of one clause. Null when it speaks of an "it" that nobody named. */
export function draftWork (work: Work, context: WorkContext): Draft[] | null {
  const excluded = exclusionAt(work.object)
  if (excluded > 0) {
    const said = render(trim(work.object.slice(excluded)))
    const made = draftWork({ ...work, object: work.object.slice(0, excluded) }, context)
    for (const draft of made ?? []) if (!draft.description.includes(said)) draft.description += ` (${said})`
    return made
  }
  const { items, tail } = context.keepWhole ? { items: [work.object], tail: [] } : splitObjects(work.nominal ? null : work.verb, work.object)
  const [only] = items
  if (only?.length === 0 && !work.nominal) return context.nearest.length > 0 && only ? bareVerb(work, context) : null
  const drafts: Draft[] = []
  for (const [i, said] of items.entries()) {
    const listed = unfold(said)
    const { tokens: bare, priority } = stripAsides(listed, true)
    const item = items.length > 1 || priority ? bare : listed
    const object = [...item, ...spaced(tail)]
    const place = wherePhrase(object).length > 0 || !takes(work.verb, context.qualifier) ? [] : context.qualifier
    const referent = readReferent(object, { ...context, earlier: [...context.earlier, ...drafts] })
    if (referent === 'unknown') return null
    const draft = createDraft({
      verb: work.nominal && startsWithVerb(item, work.verb) ? '' : work.verb,
      object: referent?.object ?? object,
      named: referent?.named ?? object,
      qualifier: place,
      setting: context.setting,
      description: describeWork(work, items.length > 1 ? [...object, ...(i === items.length - 1 ? work.rest : [])] : null, place, referent?.note ?? ''),
      priority: priority ?? work.priority,
      conditions: work.conditions
    })
    // "which ones are unused" names nothing new: a later "those" means what this was about.
    if (/^(?:which|who|what|whether|if|that|how|where)$/.test(item[0]?.lower ?? '')) draft.object = context.earlier.at(-1)?.object ?? []
    // "Close it" is of the field of what it is.
    if (draft.category === 'general' && !tellsPeople(work.verb)) draft.category = referent?.drafts.at(-1)?.category ?? 'general'
    if (referent?.vague) draft.category = context.nearest.at(-1)?.category ?? draft.category
    if (referent && context.sequential) for (const earlier of referent.drafts) link(draft, earlier)
    drafts.push(draft)
  }
  return drafts
}

/** "monitoring and logging | but no tracing", "Redis |, not Memcached": what is left out is no thing of the list. */
function exclusionAt (object: readonly Token[]): number {
  return object.findIndex(({ lower, text, depth }, i) => i > 0 && depth === 0 && ((lower === 'but' && /^(?:no|not|without)$/.test(object[i + 1]?.lower ?? '')) || (text === ',' && object[i + 1]?.lower === 'not' && !/^(?:only|just|later|before|more|less)$/.test(object[i + 2]?.lower ?? ''))))
}

/** "make sure it's backed up" speaks of an "it" too. */
function unfold (tokens: readonly Token[]): readonly Token[] {
  const first = tokens[0]
  const [pronoun, verb] = first?.lower === "it's" ? ['it', 'is'] : first?.lower === "they're" ? ['they', 'are'] : []
  return first && pronoun !== undefined && verb !== undefined ? [{ ...first, text: pronoun, lower: pronoun }, { ...first, text: verb, lower: verb, spaced: true }, ...tokens.slice(1)] : tokens
}

/** One deploys "to staging", but builds and tests for it: that place is not shared with such verbs. */
function takes (verb: string, [preposition]: readonly Token[]): boolean {
  return !/^(?:to|into)$/.test(preposition?.lower ?? '') || /^(?:deploy|install|roll out|ship|release|promote|push|migrate|move|add|apply|connect|copy|upload)$/.test(verb)
}

/** "Build the image, then deploy": the verb works on what came before. */
function bareVerb (work: Work, { nearest, qualifier, setting }: WorkContext): Draft[] {
  const object = nearest.at(-1)?.object ?? []
  return [createDraft({ verb: work.verb, object, named: object, qualifier, setting, description: describeWork(work, object, qualifier, ''), priority: work.priority, conditions: work.conditions })]
}

function startsWithVerb (item: readonly Token[], verb: string): boolean {
  return verb === '' || item[0]?.lower === verb
}

interface Referent {
  drafts: readonly Draft[]
  object: readonly Token[]
  named: readonly Token[]
  note: string
  /** "the expired ones", "whatever comes up": it names nothing, so the field is that of the work before. */
  vague?: true
}

const singular = /^(?:it|this|that|its|itself)$/
const plural = /^(?:them|these|those|they|their|both)$/

/** Finds what "it" means in "deploy it" and "add alerts for it". */
function readReferent (object: readonly Token[], { earlier, nearest, topic }: WorkContext): Referent | 'unknown' | null {
  const at = object.findIndex(({ lower, depth }, i) => depth === 0 && (/^(?:it|them)$/.test(lower) ? !/^(?:possible|easy|easier|hard|harder|clear|sure|so)$/.test(object[i + 1]?.lower ?? '') : (singular.test(lower) || plural.test(lower)) && endsPhrase(object, i) && (i === 0 || prepositions.has(object[i - 1]?.lower ?? ''))))
  if (at === -1) return nearest.length > 0 && isVague(object) ? { drafts: nearest, object, named: object, note: '', vague: true } : null
  const word = object[at]?.lower ?? ''
  const drafts = word === 'both' && nearest.length < 2 ? (earlier.length < 2 ? nearest : earlier.slice(-2)) : plural.test(word) ? nearest : earlier.slice(-1)
  const meant = drafts.at(-1)
  const place = meant && word === 'it' ? wholeOf(meant) : []
  if (place.length > 0) return { drafts, object: place, named: [...object.slice(0, at), ...spaced(place), ...object.slice(at + 1)], note: `“${word}” is: ${render(place)}` }
  if (!meant && topic.length > 0) return { drafts: [], object: topic, named: [...object.slice(0, at), ...spaced(topic), ...object.slice(at + 1)], note: `“${word}” is: ${render(topic)}` }
  if (!meant) return at === 0 && (object.length === 1 || !/^(?:this|that|these|those|their|its)$/.test(word)) ? 'unknown' : null
  const named = drafts.length === 1 ? thingsOf(meant, plural.test(word)) : drafts.flatMap((draft, i) => [...(i > 0 ? [and] : []), ...spaced(draft.object)])
  return {
    drafts,
    object: drafts.length === 1 ? named : meant.object,
    named: [...object.slice(0, at), ...spaced(named), ...object.slice(at + 1)],
    note: `“${word}” is: ${render(named)}`
  }
}

/** "the expired ones", "whatever comes up", "the findings" */
function isVague (object: readonly Token[]): boolean {
  const said = object.slice(0, 6).map(({ lower }) => lower).join(' ')
  return /^(?:the |all |those |any )*(?:[a-z-]+ )?ones(?: |$)/.test(said) || /^the (?:[a-z-]+ )one(?: |$)/.test(said) || /^(?:whatever|what|everything|anything|all)(?: that| you| we| it)* (?:comes? up|turns? up|finds?|found|is found|was found|shows? up|breaks|fails|is wrong|is broken)\b/.test(said)
}

/** "Scan the repository for passwords and rotate them": the pronoun is plural, so the passwords are meant. */
function thingsOf ({ object, whole }: Draft, many: boolean): readonly Token[] {
  const isPlural = (token: Token | undefined) => /[^s]s$/.test(token?.lower ?? '')
  if (!many || isPlural(object.at(-1)) || object.some(({ lower }) => lower === 'and') || !isPlural(whole.at(-1))) return object
  const at = whole.findLastIndex(({ lower }) => prepositions.has(lower))
  return at === -1 ? object : whole.slice(at + 1)
}

/** "Add monitoring and alerting to the checkout service and load test it": several things are no "it", so what got them is meant. */
function wholeOf ({ object, whole }: Draft): readonly Token[] {
  const several = object.some(({ lower }) => lower === 'and') || /[^s]s$/.test(object.at(-1)?.lower ?? '')
  const rest = whole.slice(object.length)
  const place = trim(rest.slice(1))
  const end = place.findIndex(({ lower, kind }, i) => i > 0 && (kind === 'mark' || prepositions.has(lower) || lower === 'and'))
  return several && /^(?:to|for|of|in|on)$/.test(rest[0]?.lower ?? '') && determiners.has(place[0]?.lower ?? '') ? place.slice(0, end === -1 ? undefined : end) : []
}

const and: Token = { text: 'and', lower: 'and', kind: 'word', spaced: true, depth: 0 }

/** "this" before a noun is no pronoun. */
function endsPhrase (object: readonly Token[], at: number): boolean {
  const next = object[at + 1]
  return !next || next.kind === 'mark' || /^(?:it|them|they)$/.test(object[at]?.lower ?? '') || prepositions.has(next.lower) || /^(?:and|too|up|down|out|off|again|live|public)$/.test(next.lower) || (next.lower === 'all' && plural.test(object[at]?.lower ?? ''))
}

/** The person's words for this part: as they stand, or put together again where they were shared. */
function describeWork ({ verb, nominal, words, object: whole }: Work, object: readonly Token[] | null, qualifier: readonly Token[], note: string): string {
  const said = object ? render([...words.slice(0, nominal ? 0 : Math.max(0, indexOf(words, whole))), ...spaced(object)]) : render(words)
  const text = sentence(nominal && verb !== '' && !said.toLowerCase().startsWith(verb) ? `${verb} ${said}` : said)
  const place = render(qualifier)
  return [text, place.charAt(0).toLowerCase() + place.slice(1)].filter(Boolean).join(' ') + (note === '' ? '' : ` (${note})`)
}

function indexOf (words: readonly Token[], object: readonly Token[]): number {
  const [first] = object
  return first ? words.indexOf(first) : words.length
}
