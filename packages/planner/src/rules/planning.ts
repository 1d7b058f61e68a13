import type { Priority } from '@cortex/contracts'
import type { Item } from './blocks.ts'
import { splitClauses, type Clause } from './clauses.ts'
import type { KnownTask } from './conversation.ts'
import { findDrafts, link } from './dependencies.ts'
import { stripAsides, trim, wherePhrase, type Draft } from './drafts.ts'
import { noHead, readHead, readLabel, readLeadingPlace, type Head } from './labels.ts'
import { determiners, finiteVerbs, orderPhrases, plainVerbs, prepositions, pronouns } from './lexicon.ts'
import { splitObjects } from './objects.ts'
import { readClause, type Reading } from './read-clause.ts'
import { findTasks } from './references.ts'
import type { Remark } from './remarks.ts'
import { readRelation } from './relations.ts'
import type { TaskRequest } from './requests.ts'
import { matchPhrase, render, type Token } from './tokens.ts'
import { draftWork } from './work.ts'

/** Tasks one message may start. */
const mostTasks = 100

/** Gathers what a message asks for, sentence by sentence. */
export class Planning {
  readonly drafts: Draft[] = []
  readonly requests: TaskRequest[] = []
  readonly remarks: Remark[] = []
  /** Statements and prohibitions: every worker must know them. */
  readonly notes: string[] = []
  /** Tasks left out because the message asks for too many. */
  dropped = 0
  readonly #known: readonly KnownTask[]
  readonly #parallel: boolean
  readonly #insist: boolean
  /** Urgency and order said in sentences of their own, with the words they are about. */
  readonly #urgencies: { priority: Priority, about: readonly Token[] }[] = []
  readonly #relations: { later: readonly Token[], earlier: readonly Token[] }[] = []
  #ordered = false
  #head: Head = noHead
  /** Drafts since the last sentence that began with "then". */
  #stage: Draft[] = []
  #nearest: readonly Draft[] = []

  /** What was last spoken of without asking for work on it. */
  #topic: readonly Token[]

  constructor (known: readonly KnownTask[], parallel: boolean, insist: boolean, topic: readonly Token[]) {
    this.#topic = topic
    this.#known = known
    this.#parallel = parallel
    this.#insist = insist
  }

  readSentence (tokens: readonly Token[], question: boolean, beforeList: boolean): void {
    if (beforeList && (tokens.at(-1)?.text === ':' || readHead(tokens).announces)) {
      this.#head = readHead(tokens)
      if (this.#head.concrete) this.#concrete = tokens
      return
    }
    if (readHead(tokens).empty) {
      this.#ordered ||= readHead(tokens).ordered
      return
    }
    const label = question ? null : readLabel(tokens)
    if (label) {
      if (label.head.concrete) this.notes.push(`${render(label.label)}.`)
      if (label.nominal) this.#readNouns(label.rest, label.head)
      else this.#readClauses(label.rest, false, label.head)
      return
    }
    const relation = question ? null : readRelation(tokens)
    if (relation) {
      this.#relations.push(relation)
      this.notes.push(`${render(tokens)}.`)
      return
    }
    const place = readLeadingPlace(tokens)
    this.#readClauses(place?.rest ?? tokens, question, place ? { ...noHead, qualifier: place.qualifier } : noHead)
  }

  #concrete: readonly Token[] | null = null

  /** One task an item: the person drew the lines. */
  readList (items: readonly Item[]): void {
    const head = this.#head
    const concrete = this.#concrete
    this.#head = noHead
    this.#concrete = null
    const readings = items.map((item) => ({ item, clauses: splitClauses(item.tokens), reading: this.#readItem(item, head) }))
    if (concrete && readings.every(({ reading }) => reading.kind === 'work' && reading.nominal)) {
      this.#readClauses(trim(concrete), false, noHead)
      const draft = this.drafts.at(-1)
      if (draft) draft.description += `: ${items.map(({ tokens, details }) => [render(tokens), details].filter(Boolean).join(' ')).join('; ')}`
      return
    }
    if (concrete) this.notes.push(`${render(trim(concrete))}.`)
    let before: readonly Draft[] = []
    for (const { item, clauses, reading } of readings) {
      const made = this.#take(reading, item.tokens, { head, keepWhole: true })
      for (const draft of made) {
        draft.number = item.number
        if (item.details !== '') draft.description += `. ${item.details}`
        const link_ = clauses[0]?.link ?? 'none'
        const waitsFor = link_ === 'finally' ? this.drafts.filter((other) => !made.includes(other)) : head.ordered || link_ === 'then' ? before : []
        for (const earlier of waitsFor) link(draft, earlier)
      }
      if (made.length > 0) before = made
    }
  }

  #readItem (item: Item, head: Head): Reading {
    const label = readLabel(item.tokens)
    const clauses = splitClauses(label && !label.nominal ? label.rest : item.tokens)
    const tokens = clauses.length > 1 ? label?.rest ?? item.tokens : clauses[0]?.tokens ?? item.tokens
    return readClause({ link: 'none', tokens, leading: clauses[0]?.leading ?? null }, { question: false, listed: true, nouns: head.verb !== null, sharedVerb: head.verb, isKnown: this.#isKnown })
  }

  #isKnown = (words: string): boolean => findTasks(words, this.#known).tasks.length > 0

  /** "three things: monitoring, a scan and a pipeline". */
  #readNouns (tokens: readonly Token[], head: Head): void {
    const { items, tail } = splitObjects(null, tokens)
    for (const item of items) {
      const reading = readClause({ link: 'none', tokens: item, leading: null }, { question: false, listed: true, nouns: head.verb !== null, sharedVerb: head.verb, isKnown: this.#isKnown })
      this.#take(reading, item, { head: { ...head, qualifier: tail.length > 0 ? tail : head.qualifier }, keepWhole: items.length > 1 })
    }
  }

  #readClauses (tokens: readonly Token[], question: boolean, head: Head): void {
    if (tokens.some((_, i) => matchPhrase(tokens, i, orderPhrases) > 0)) this.#ordered = true
    const clauses = splitClauses(tokens)
    const place = sharedPlace(clauses)
    const ofSentence: Draft[] = []
    let verb: string | null = null
    let stage: Draft[] = []
    let previous: readonly Draft[] = []
    clauses.forEach((clause, i) => {
      if (clause.link === 'then') {
        if (i === 0) {
          previous = this.#stage
          this.#stage = []
        } else if (stage.length > 0) {
          previous = stage
          stage = []
        }
      }
      const listed = (clause.link !== 'none' && (i > 0 || this.drafts.length > 0)) || (i > 0 && ofSentence.length > 0 && clause.link !== 'none')
      const repeated = clause.link === 'then' ? repeat(clause.tokens, ofSentence.at(-1)) : null
      const reading = repeated ?? readClause({ ...clause, leading: clause.link === 'none' || i === 0 ? clause.leading : null }, { question: question && ofSentence.length === 0, listed, nouns: false, sharedVerb: listed ? verb : head.verb, isKnown: this.#isKnown })
      if (reading.kind === 'work') verb = reading.verb
      const before = [...this.drafts]
      const qualifier = head.qualifier.length > 0 ? head.qualifier : place
      const made = this.#take(reading, clause.tokens, { head: { ...head, qualifier }, keepWhole: false })
      for (const draft of made) {
        for (const earlier of clause.link === 'finally' ? before : previous) link(draft, earlier)
      }
      if (reading.kind === 'work' && reading.first) for (const draft of made) for (const later of ofSentence.length > 0 ? ofSentence : before) link(later, draft)
      if (reading.kind === 'work' && reading.first && ofSentence.length === 0 && before.length === 0) this.#first.push(...made)
      stage.push(...made)
      ofSentence.push(...made)
      this.#stage.push(...made)
    })
  }

  /** Work that is to come before all other: "scan the repository first". */
  readonly #first: Draft[] = []

  #take (reading: Reading, tokens: readonly Token[], { head, keepWhole }: { head: Head, keepWhole: boolean }): Draft[] {
    switch (reading.kind) {
      case 'request':
        this.requests.push(reading.request)
        return []
      case 'constraint':
        this.notes.push(`${render(tokens)}.`)
        this.remarks.push('refusal')
        return []
      case 'question':
        this.remarks.push('question')
        return this.#insist ? this.#draft(insistOn(tokens), head, keepWhole) : []
      case 'statement':
        if (reading.priority) this.#urgencies.push({ priority: reading.priority, about: stripAsides(tokens).tokens })
        else {
          this.notes.push(`${render(tokens)}.`)
          this.remarks.push('statement')
          this.#topic = topicOf(tokens)
          if (this.#insist) return this.#draft(insistOn(tokens), head, keepWhole)
        }
        return []
      case 'work':
        return this.#draft(reading, head, keepWhole)
      case 'nothing':
        return []
    }
  }

  #draft (work: Extract<Reading, { kind: 'work' }>, head: Head, keepWhole: boolean): Draft[] {
    const made = draftWork(work, { earlier: this.drafts, nearest: this.#nearest, topic: this.#topic, qualifier: head.qualifier, setting: head.words, keepWhole, sequential: !this.#parallel })
    if (!made) {
      this.remarks.push('unclear')
      return []
    }
    const taken = made.slice(0, mostTasks - this.drafts.length)
    this.dropped += made.length - taken.length
    for (const draft of taken) draft.priority ??= head.priority
    this.drafts.push(...taken)
    this.#nearest = taken
    return taken
  }

  /** Applies what was said about order and urgency once all tasks are known. */
  settle (): void {
    for (const { later, earlier } of this.#relations) {
      for (const draft of findDrafts(null, later, this.drafts)) for (const other of findDrafts(draft, earlier, this.drafts)) link(draft, other)
    }
    if (this.#ordered) this.drafts.forEach((draft, i) => { const before = this.drafts[i - 1]; if (before) link(draft, before) })
    for (const first of this.#first) for (const draft of this.drafts) link(draft, first)
    for (const { priority, about } of this.#urgencies) {
      const meant = about.length === 0 ? [] : findDrafts(null, about, this.drafts)
      for (const draft of meant.length > 0 ? meant : this.drafts) if (meant.length > 0) draft.priority = priority; else draft.priority ??= priority
    }
  }
}

/** The place said in one clause of several holds for those that name none. */
function sharedPlace (clauses: readonly Clause[]): readonly Token[] {
  if (clauses.length < 2) return []
  const places = clauses.map(({ tokens }) => wherePhrase(trim(stripAsides(tokens).tokens)))
  const said = places.filter((place) => place.length > 0)
  return said.length === 1 && places.at(-1) === said[0] ? said[0] ?? [] : []
}

/** The thing a statement is about: "our firewall" of "Our firewall allows everything". */
function topicOf (tokens: readonly Token[]): readonly Token[] {
  const wanted = tokens.findIndex(({ lower }) => /^(?:wants?|needs?)$/.test(lower))
  const from = wanted !== -1 ? wanted + 1 : tokens[0]?.lower === 'there' ? 2 : 0
  if (!determiners.has(tokens[from]?.lower ?? '') && !finiteVerbs.has(tokens[from + 1]?.lower ?? '')) return []
  const to = tokens.findIndex(({ lower, kind }, i) => i > from && !(i === from + 1 && determiners.has(tokens[from]?.lower ?? '')) && (kind === 'mark' || finiteVerbs.has(lower) || (prepositions.has(lower) && lower !== 'of') || pronouns.has(lower) || /^(?:we|you|i)$/.test(lower) || (wanted === -1 && /[^s]s$/.test(lower))))
  return tokens.slice(from, to === -1 ? undefined : to).slice(0, 8)
}

/** "…, then in prod": the work before it once more, elsewhere. */
function repeat (tokens: readonly Token[], draft: Draft | undefined): Extract<Reading, { kind: 'work' }> | null {
  if (!draft || !/^(?:in|on|to|for|at)$/.test(tokens[0]?.lower ?? '')) return null
  const object = [...draft.whole.slice(0, draft.whole.length - wherePhrase(draft.whole).length), ...tokens]
  return { kind: 'work', verb: draft.verb, nominal: true, object, words: object, rest: [], conditions: [], priority: null, first: false }
}

/** A question or a problem taken as work: its first verb, or looking into it. */
function insistOn (tokens: readonly Token[]): Extract<Reading, { kind: 'work' }> {
  const at = tokens.findIndex(({ lower }) => plainVerbs.has(lower))
  const found = at === -1 ? null : readClause({ link: 'none', tokens: tokens.slice(at), leading: null }, { question: false, listed: true, nouns: false, sharedVerb: null, isKnown: () => false })
  if (found?.kind === 'work') return found
  const { tokens: object, priority } = stripAsides(tokens)
  return { kind: 'work', verb: 'investigate', nominal: false, object, words: object, rest: [], conditions: [], priority, first: false }
}
