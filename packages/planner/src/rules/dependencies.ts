import { splitObjects } from './objects.ts'
import type { Condition } from './clauses.ts'
import type { KnownTask } from './conversation.ts'
import { createDraft, type Draft } from './drafts.ts'
import { determiners, finiteVerbs, pronouns } from './lexicon.ts'
import { withBase } from './passives.ts'
import { findTasks, latestTurn } from './references.ts'
import { subjectStems } from './stems.ts'
import { render, sentence, type Token } from './tokens.ts'
import { verbAtFront } from './verbs.ts'
import { judgesOutcome, putsOffStart } from './waiting.ts'

/** Turns every "after X" into edges. Where X is itself asked for only there ("after deploying Redis"), it becomes a task. */
export function resolveConditions (drafts: Draft[], known: readonly KnownTask[]): void {
  for (const draft of [...drafts]) {
    for (const condition of draft.conditions) resolve(draft, condition, drafts, known)
  }
}

function resolve (draft: Draft, condition: Condition, drafts: Draft[], known: readonly KnownTask[]): void {
  const { relation } = condition
  if (/^(?:otherwise|failing)$/.test(condition.opener) && (condition.opener === 'otherwise' || drafts.indexOf(draft) > 0)) {
    hold(draft, condition, 'outcome')
    return
  }
  if (condition.opener === 'in that case') return
  // "If the scan fails" and "after each deploy" are no order between two tasks.
  if (relation === 'at' || condition.tokens.some(({ lower }) => /^(?:each|every|any|fails|fail|failed|failing|breaks|errors)$/.test(lower)) || condition.opener === 'unless') {
    leaveOpen(draft, condition)
    return
  }
  if (drafts.indexOf(draft) > 0 && judgesOutcome(condition)) {
    hold(draft, condition, 'outcome')
    return
  }
  const matches = findDrafts(draft, condition.tokens, drafts)
  if (matches.length > 0) {
    for (const match of matches) relation === 'after' ? link(draft, match) : link(match, draft)
    return
  }
  const made = draftFromCondition(draft, condition)
  if (made) {
    drafts.splice(drafts.indexOf(draft) + (relation === 'after' ? 0 : 1), 0, made)
    relation === 'after' ? link(draft, made) : link(made, draft)
    return
  }
  const earlier = relation === 'after' ? knownTasks(condition.tokens, known) : []
  for (const { id } of earlier) draft.afterIds.add(id)
  if (earlier.length === 0) leaveOpen(draft, condition)
}

/** Tasks of earlier turns: by their words, or those just created where only "that" is said. */
function knownTasks (tokens: readonly Token[], known: readonly KnownTask[]): readonly KnownTask[] {
  if (subjectStems(render(tokens)).size > 0) return findTasks(nounsOf(tokens), known).tasks
  return tokens.some(({ lower }) => /^(?:it|that|this|they|them|these|those|it's|that's|they're|all|everything|both|done|finished)$/.test(lower)) ? latestTurn(known) : []
}

/** No task stands for the condition: the work waits for the person, or its worker has to know of it. */
function leaveOpen (draft: Draft, condition: Condition): void {
  if (putsOffStart(condition, draft.verb, draft.whole)) hold(draft, condition, condition.relation === 'at' ? 'moment' : 'condition')
  note(draft, condition)
}

function note (draft: Draft, condition: Condition): void {
  if (!draft.description.toLowerCase().includes(render(condition.tokens).toLowerCase())) draft.description += ` (${saidOf(condition)})`
}

function hold (draft: Draft, condition: Condition, why: 'condition' | 'moment' | 'outcome'): void {
  draft.heldUntil ??= { said: saidOf(condition), why }
  note(draft, condition)
}

function saidOf ({ opener, tokens }: Condition): string {
  return `${opener} ${render(tokens)}`.trim()
}

/** Adds "`later` waits for `earlier`", unless that would close a circle. */
export function link (later: Draft, earlier: Draft): void {
  if (later !== earlier && !reaches(earlier, later)) later.after.add(earlier)
}

function reaches (from: Draft, to: Draft, seen = new Set<Draft>()): boolean {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  return [...from.after].some((next) => reaches(next, to, seen))
}

/** The drafts that words mean, `self` left out. */
export function findDrafts (self: Draft | null, tokens: readonly Token[], drafts: readonly Draft[]): readonly Draft[] {
  const others = drafts.filter((other) => other !== self)
  const before = self ? drafts.slice(0, drafts.indexOf(self)) : drafts
  const numbered = readNumbers(tokens)
  if (numbered.length > 0) {
    const found = numbered.flatMap((number) => drafts.find((other) => other.number === number) ?? drafts[number - 1] ?? [])
    if (found.length === numbered.length) return found.filter((other) => other !== self)
  }
  const lettered = readLetters(tokens).flatMap((number) => drafts.find((other) => other.number === number) ?? [])
  if (lettered.length > 0) return lettered.filter((other) => other !== self)
  const wanted = subjectStems(render(tokens))
  if (wanted.size === 0) {
    const words = tokens.map(({ lower }) => lower)
    if (words.some((word) => /^(?:everything|all|others|rest|above)$/.test(word))) return words.includes('else') || words.includes('others') || words.includes('rest') ? others : before
    if (words.some((word) => /^(?:both|two)$/.test(word))) return before.slice(-2)
    if (words.some((word) => /^(?:they|them|these|those|three|four|five)$/.test(word))) return before
    if (words.some((word) => /^(?:it|that|this|it's|that's)$/.test(word)) || words.length === 0) return before.slice(-1)
    return /^(?:done|finished|ready|complete|completed|deployed|installed|up|running)$/.test(words[0] ?? '') ? before.slice(-1) : []
  }
  const direct = bestDrafts(wanted, others)
  // "if they behave": of whom, the work before tells.
  if (direct.length === 0 && tokens.length <= 3 && /^(?:it|they|that|these|those)$/.test(tokens[0]?.lower ?? '')) return before.slice(-1)
  const parts = splitAtAnd(tokens)
  if (parts.length > 1) {
    const each = parts.map((part) => bestDrafts(subjectStems(render(part)), others))
    const union = [...new Set(each.flat())]
    if (each.every((found) => found.length > 0) && union.length > direct.length) return union
  }
  return direct
}

function bestDrafts (wanted: ReadonlySet<string>, drafts: readonly Draft[]): readonly Draft[] {
  if (wanted.size === 0) return []
  const scored = drafts.map((draft) => ({ draft, score: [...wanted].filter((root) => draft.stems.has(root)).length }))
  const best = Math.max(...scored.map(({ score }) => score), 0)
  return best === 0 || best < wanted.size / 2 ? [] : scored.filter(({ score }) => score === best).map(({ draft }) => draft)
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth']

/** "1 and 2", "step 3", "the first one": only where nothing but counting words and states is said. */
function readNumbers (tokens: readonly Token[]): number[] {
  const rest = tokens.filter(({ lower }) => !/^(?:\d{1,2}|#\d{1,2}|and|,|&|the|step|steps|task|tasks|number|numbers|item|items|one|ones|is|are|done|finished|complete|completed|ready|has|have|been|both)$/.test(lower) && !ordinals.includes(lower))
  if (rest.length > 0) return []
  return tokens.flatMap(({ lower }) => {
    const place = ordinals.indexOf(lower)
    if (place !== -1) return [place + 1]
    return /^#?\d{1,2}$/.test(lower) ? [Number(lower.replace('#', ''))] : []
  })
}

/** "(after a)", "once a and b are done", of a list with letters. */
function readLetters (tokens: readonly Token[]): number[] {
  const rest = tokens.filter(({ lower }) => !/^(?:[a-h]|and|,|&|step|item|is|are|done|finished|ready)$/.test(lower))
  return rest.length > 0 ? [] : tokens.flatMap(({ lower }) => /^[a-h]$/.test(lower) ? [lower.charCodeAt(0) - 96] : [])
}

function splitAtAnd (tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  for (const token of tokens) {
    if (token.lower === 'and' || token.text === ',' || token.text === '&') parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts.filter((part) => part.length > 0)
}

/** "the Prometheus deployment is up" gives "the Prometheus deployment". */
function nounsOf (tokens: readonly Token[]): string {
  const at = tokens.findIndex(({ lower }, i) => i > 0 && finiteVerbs.has(lower))
  return render(at === -1 ? tokens : tokens.slice(0, at))
}

/** "after deploying Redis", "once you have deployed Redis": the person wants that done too. */
function draftFromCondition (draft: Draft, { tokens, opener, relation }: Condition): Draft | null {
  if (!/^(?:right )?(?:after|before|prior to|once)$/.test(opener)) return null
  let at = 0
  const agent = /^(?:you|we|you've|we've|i|i've)$/.test(tokens[0]?.lower ?? '')
  if (agent) at = /^(?:have|had|are|'ve|do)$/.test(tokens[1]?.lower ?? '') ? 2 : 1
  const rest = tokens.slice(at)
  const verb = verbAtFront(agent ? withBase(rest) : rest, 0)
  // "Before you touch the database" asks for no touching.
  if (!verb || (!agent && !verb.gerund) || /^(?:touch|do|start|begin|go|continue|proceed)$/.test(verb.base)) return null
  const object = splitObjects(verb.base, rest.slice(verb.length)).items.length === 1 ? rest.slice(verb.length) : []
  const first = object[0]
  if (!first) return null
  const pronoun = pronouns.has(first.lower) && (object.length === 1 || !determiners.has(first.lower) || first.lower === 'it')
  // "before deploying them" names the work of this very clause.
  const named = pronoun ? draft.object : object
  return createDraft({ verb: verb.base, object: named, named, qualifier: [], setting: [], description: sentence(`${verb.base} ${render(named)}`), priority: relation === 'after' ? draft.priority : null, conditions: [] })
}
