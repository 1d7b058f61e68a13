import type { Item } from './blocks.ts'
import { clauseOf, splitClauses, type Clause } from './clauses.ts'
import { link } from './dependencies.ts'
import { Drafting } from './drafting.ts'
import { trim, type Draft } from './drafts.ts'
import { readEach } from './each.ts'
import { repeat, sharedPlace, unfoldOrder } from './ellipsis.ts'
import { asksOpinion, opensWithQuote, quotesOther } from './opinions.ts'
import { readFront } from './front.ts'
import { thingAsked } from './gates.ts'
import { noHead, readGroup, readHead, readLabel, readLeadingPlace, readListHead, type Head } from './labels.ts'
import { readItem, standsUnder, withPlace } from './items.ts'
import { isOfTasks, leadsList, readLeadIn, requestsOf, type LeadIn } from './lead-in.ts'
import { finiteVerbs, orderPhrases } from './lexicon.ts'
import { splitObjects } from './objects.ts'
import { readClause } from './read-clause.ts'
import { meantBy } from './retractions.ts'
import { nextPhaseAt, readPhase } from './phases.ts'
import { consultsPeople, howTo, isSaying, refusesAll } from './no-request.ts'
import { readRelation } from './relations.ts'
import { choiceAt, chosen, isNamedBy, putOffIn, readChoiceBehind, readSelection, type Selection } from './selection.ts'
import { saysOver, secondThoughtOf, staysOpen, stopLength } from './second-thoughts.ts'
import type { Mark } from './gathered.ts'
import { undoable } from './signs.ts'
import { nothingAbove, Scope } from './scope.ts'
import { chain } from './settle.ts'
import { matchPhrase, render, tokenize, type Token } from './tokens.ts'
import { readTurn } from './turns.ts'
import { waitsForPerson } from './waiting.ts'

/** Gathers what a message asks for, sentence by sentence. */
export class Planning extends Drafting {
  /** What announced the list that comes next. */
  #announced: { head: Head, tokens: readonly Token[], names: readonly (readonly Token[])[] } | null = null
  readonly #scope = new Scope()
  /** "Wait for my ok": all behind it does. */
  #awaited: readonly Token[] | null = null
  /** The numbers of the list read last, and what was gathered before and with it. */
  #listed: { numbers: readonly number[], before: Mark, drafts: number } | null = null

  /** `heading`: its level, 0 for none. */
  readSentence (given: readonly Token[], question: boolean, beforeList: boolean, heading: number, open = false): void {
    const [made, told, before] = [this.drafts.length, this.requests.length, this.mark()]
    const { leadIn, tokens: lead } = heading > 0 || beforeList || given.at(-1)?.text === ':' ? nothingAbove : this.#scope.over(given)
    if (isOfTasks(leadIn)) {
      this.requests.push(...requestsOf(leadIn, [given]))
      return
    }
    this.#readSentence(given, question, beforeList, heading, open)
    if (leadIn !== 'work') this.doubt(lead, before, 'lead-in')
    if (this.#awaited || waitsForPerson(given)) {
      this.#awaited ??= given
      if (this.drafts.length > made) this.doubt(this.#awaited, before)
    }
    if (!question || this.drafts.length > made) return
    const requests = this.requests.slice(told)
    if (made > 0 && requests.length === 0 && staysOpen(given)) this.doubt(given)
    this.question.ask(given, requests)
    const about = requests.flatMap((request) => request.kind === 'status' ? [request.about] : []).join(' ')
    this.topic = about === '' ? thingAsked(given) : tokenize(about)
  }

  #readSentence (given: readonly Token[], question: boolean, beforeList: boolean, heading: number, open: boolean): void {
    const headed = heading > 0 || (beforeList && given.at(-1)?.text === ':')
    const phase = readPhase(given, headed)
    if (heading > 0) this.#scope.enter(heading, phase ? [] : given)
    if (phase) {
      this.#announced = null
      this.#scope.leave()
      this.phases.open()
    }
    let tokens = phase?.rest ?? given
    if (tokens.length === 0) return
    const further = headed || !phase ? -1 : nextPhaseAt(tokens)
    if (further > 0) {
      this.readSentence(tokens.slice(0, further), question, false, 0)
      this.readSentence(tokens.slice(further + 1), question, beforeList, 0)
      return
    }
    const head = readHead(tokens)
    if (heading > 0) {
      this.#announced = { head: { ...noHead, words: tokens }, tokens, names: [] }
      return
    }
    const colon = tokens.at(-1)?.text === ':'
    const choice = colon || (beforeList && head.announces) ? null : readChoiceBehind(tokens)
    if (choice && beforeList) {
      this.#scope.lead({ leadIn: 'work', tokens })
      this.#announced = { head: noHead, tokens, names: [] }
      return
    }
    if (choice && this.drafts.length > 0) {
      this.#choose(choice, tokens)
      return
    }
    const behind = colon ? -1 : choiceAt(tokens)
    if (behind > 0 && (splitClauses(tokens.slice(0, behind)).length > 1 || !tokens.slice(behind).some(({ lower }) => /\d/.test(lower)))) {
      const before = this.mark()
      this.readSentence(tokens.slice(0, behind), question, false, 0)
      const said = readSelection(tokens.slice(behind))
      if (said) this.#choose(said, tokens.slice(behind), before)
      return
    }
    const leadIn = colon || (beforeList && (head.announces || leadsList(tokens, question, open))) ? readLeadIn(tokens, question) : 'work'
    if (!beforeList && tokens.at(-1)?.text === ':') this.#scope.lead({ leadIn, tokens })
    if (leadIn !== 'work' && !beforeList && !isOfTasks(leadIn)) {
      this.#leave(leadIn, tokens)
      return
    }
    if (beforeList && (tokens.at(-1)?.text === ':' || head.announces || leadIn !== 'work')) {
      this.#scope.lead({ leadIn, tokens })
      const before = readSelection(tokens)?.before ?? []
      this.#announced = { head: before.length > 0 ? readListHead(before, readHead(before)) : readListHead(tokens, head), tokens, names: readEach(tokens)?.names ?? [] }
      return
    }
    if (head.empty) {
      this.order.ordered ||= head.ordered
      if (head.priority && this.drafts.length > 0) this.order.urgencies.push({ priority: head.priority, about: [] })
      return
    }
    const label = question ? null : readLabel(tokens)
    const labelled = label && !quotesOther(label.label) && (stopLength(label.label, 0) === 0 || readFront(label.label).negated || this.drafts.length + this.requests.length === 0) ? readLeadIn(splitClauses(label.label).at(-1)?.tokens ?? label.label, false) : 'work'
    if (label && isOfTasks(labelled)) {
      this.requests.push(...requestsOf(labelled, splitObjects(null, label.rest).items))
      return
    }
    if (labelled !== 'work' && labelled !== 'unknown' && !isOfTasks(labelled)) {
      this.#leave(labelled, tokens)
      return
    }
    const before = this.mark()
    const turn = this.drafts.length + this.acting.length > 0 ? readTurn(tokens, question, this.drafts) : null
    if (turn?.doubts) this.doubt(tokens)
    tokens = turn?.rest ?? tokens
    if (tokens.length === 0) return
    const each = readEach(tokens)
    if (each && each.rest.length > 0) {
      for (const name of each.names) this.#readClauses(each.rest, question, { ...noHead, each: name })
      return
    }
    const opinion = asksOpinion(tokens, question)
    if (opinion === 'whole') {
      if (!this.doubt(tokens)) this.told.aside('question', tokens)
      return
    }
    if (opensWithQuote(tokens) || (label && (quotesOther(label.label) || saysOver(label.label)))) {
      // "Write a page that says: …" is work, and the words are its object.
      this.take(!label || label.head.verb === null ? { kind: 'statement', priority: null } : this.readPart(clauseOf(tokens), noHead), tokens, noHead, true)
      return
    }
    if (label) {
      // "Cancel the third task and start a new one: deploy Argo CD"
      const earlier = splitClauses(label.label).slice(0, -1)
      for (const part of earlier) this.#readClauses(part.tokens, false, noHead)
      if (label.head.concrete) this.told.note(label.label)
      const from = [...this.drafts]
      if (label.nominal) this.#readNouns(label.rest, label.head)
      else this.#readClauses(label.rest, false, label.head)
      this.#finishPart(this.drafts.filter((draft) => !from.includes(draft)), label.head)
      if (labelled === 'unknown') this.doubt(label.label, before, 'lead-in')
      return
    }
    const relation = question ? null : readRelation(tokens)
    if (relation) {
      this.order.relations.push(relation)
      this.told.note(tokens)
      return
    }
    if (refusesAll(tokens) || howTo(tokens)) {
      this.take({ kind: refusesAll(tokens) ? 'constraint' : 'statement', priority: null }, tokens, noHead, true)
      return
    }
    const place = readLeadingPlace(tokens)
    this.#readClauses(place?.rest ?? tokens, question, place ? { ...noHead, qualifier: place.qualifier } : noHead)
    if (opinion || isSaying(tokens)) this.doubt(tokens)
    else if (consultsPeople(tokens)) this.doubt(tokens, before)
  }

  /** One task an item: the person drew the lines. */
  readList (items: readonly Item[]): void {
    const { head, tokens, names } = this.#announced ?? { head: noHead, tokens: [], names: [] }
    this.#announced = null
    const { leadIn: said, tokens: above } = this.#scope.current
    this.#scope.leave()
    const selection = readSelection(tokens) ?? readChoiceBehind(tokens)
    const leadIn = selection?.placed ? leadUnder(selection, said) : said
    if (isOfTasks(leadIn)) {
      this.requests.push(...requestsOf(leadIn, items.map((item) => item.tokens)))
      return
    }
    if (leadIn !== 'work' && leadIn !== 'unknown') {
      this.#leave(leadIn, above, items.map((item) => item.tokens))
      return
    }
    const [from, before] = [[...this.drafts], this.mark()]
    const wanted = selection && pick(selection, items)
    const left = wanted && selection.kind !== 'lead' ? items.filter((item) => !wanted.includes(item)) : []
    const read = items.filter((item) => !left.includes(item))
    if (left.length > 0) this.#leave('refused', tokens, left.map((item) => item.tokens))
    if (names.length === 0) this.#readItems(read, head, tokens)
    for (const name of names) this.#readItems(read, { ...head, each: name, qualifier: [], concrete: false }, tokens)
    const made = this.drafts.filter((draft) => !from.includes(draft))
    this.#finishPart(made, { ...head, ordered: false, except: selection ? [] : head.except })
    if (this.#awaited) this.doubt(this.#awaited, before)
    if (leadIn === 'unknown' || waitsForPerson(tokens) || (selection && !wanted)) this.doubt(tokens.length > 0 ? tokens : above, before, 'lead-in')
    if (selection?.kind === 'lead') for (const draft of made) if (!wanted?.some(({ number }) => number === draft.number)) draft.heldUntil ??= { said: this.told.quote(tokens), why: 'lead-in' }
    this.#listed = { numbers: items.map(({ number }) => number), before, drafts: this.drafts.length }
  }

  /** "Leave out the third": takes back what was asked for and is not chosen; all of it is asked about where the words do not tell. */
  #choose (selection: Selection, tokens: readonly Token[], since?: Mark): void {
    const list = since || this.#listed?.drafts !== this.drafts.length ? null : this.#listed
    const before = since ?? list?.before ?? { drafts: [], requests: [] }
    const made = this.drafts.filter((draft) => !before.drafts.includes(draft))
    const numberOf = (draft: Draft) => list ? draft.number : made.indexOf(draft) + 1
    const numbers = list?.numbers ?? made.map((_, i) => i + 1)
    const wanted = selection.placed && (list !== null || this.#listed === null || since !== undefined) && numbers.length > 1 ? chosen(selection, numbers) : null
    const named = selection.placed ? [] : meantBy(tokenize(selection.what), made)
    const left = wanted && this.acting.length === before.requests.length ? made.filter((draft) => !wanted.has(numberOf(draft) ?? 0)) : named
    if (left.length === 0 || left.length === made.length) this.doubt(tokens, before)
    else if (selection.kind === 'lead') for (const draft of left) draft.heldUntil ??= { said: this.told.quote(tokens), why: 'doubt' }
    else for (const draft of left) this.takeBack(draft)
  }

  /** What stands under words that refuse, tell or ask: it is told again and nothing more. */
  #leave (leadIn: LeadIn, lead: readonly Token[], parts: readonly (readonly Token[])[] = []): void {
    const kind = leadIn === 'refused' ? 'refusal' : leadIn === 'question' ? 'question' : 'statement'
    for (const tokens of [lead, ...parts]) this.told.aside(kind, tokens)
    if (kind !== 'question') this.told.note(lead, parts)
    this.told.remarks.push(kind)
  }

  /** What the words above a part say of all of it: the order, and what is left out. */
  #finishPart (made: readonly Draft[], { ordered, except }: Head): void {
    if (ordered) chain(made)
    if (except.length === 0) return
    const left = meantBy(except, made)
    for (const draft of left) this.takeBack(draft)
    if (left.length > 0) this.told.aside('refusal', except)
    else for (const draft of made) draft.heldUntil ??= { said: `except ${this.told.quote(except)}`, why: 'doubt' }
  }

  #readItems (items: readonly Item[], head: Head, tokens: readonly Token[]): void {
    const read = items.map((item) => ({ item, ...readItem(item, (clause) => this.readPart(clause, head)) }))
    const under = standsUnder(head, tokens, read)
    if (under === 'details') {
      this.#readClauses(trim(tokens), false, noHead)
      const draft = this.drafts.at(-1)
      if (draft) draft.description += `: ${items.map((item) => [render(item.tokens), item.details].filter(Boolean).join(' ')).join('; ')}`
      return
    }
    if (under === 'places') {
      for (const item of items) this.#readClauses(withPlace(tokens, item.tokens), false, noHead)
      return
    }
    const start = this.mark()
    if (head.concrete) this.told.note(trim(tokens))
    let previous: readonly Draft[] = []
    for (const { item, link: linked, reading, leadIn } of read) {
      if (leadIn !== 'work' && leadIn !== 'unknown') {
        if (isOfTasks(leadIn)) this.requests.push(...requestsOf(leadIn, [item.tokens]))
        else this.#leave(leadIn, item.group ?? item.tokens, item.group ? [item.tokens] : [])
        continue
      }
      const before = [...this.drafts]
      const made = this.take(reading, item.tokens, item.group ? { ...head, ...readGroup(item.group) } : head, true)
      const earlier = linked === 'finally' ? before : head.ordered || item.step || linked === 'then' ? previous : []
      const doubt = secondThoughtOf(item) ?? putOffIn(item.tokens)
      for (const draft of made) {
        if (doubt) draft.heldUntil ??= { said: doubt, why: 'doubt' }
        if (leadIn === 'unknown') draft.heldUntil ??= { said: this.told.quote(item.group ?? item.tokens), why: 'lead-in' }
        draft.number = item.number
        if (item.details !== '') draft.description += `. ${item.details}`
        for (const other of earlier) link(draft, other)
      }
      if (made.length > 0) previous = made
      this.stage.push(...made)
    }
    if (under === 'unsure') this.doubt(tokens, start, 'lead-in')
  }

  settle (): void {
    this.order.settle(this.drafts)
  }

  /** "three things: monitoring, a scan and a pipeline". */
  #readNouns (tokens: readonly Token[], head: Head): void {
    const { items, tail } = splitObjects(null, tokens)
    for (const item of items) {
      const made = this.take(this.readPart(clauseOf(item), head), item, { ...head, qualifier: tail.length > 0 ? tail : head.qualifier }, items.length > 1)
      this.stage.push(...made)
    }
  }

  #readClauses (tokens: readonly Token[], question: boolean, head: Head): void {
    this.order.ordered ||= tokens.some((_, i) => matchPhrase(tokens, i, orderPhrases) > 0)
    const clauses = splitClauses(unfoldOrder(tokens))
    const qualifier = head.qualifier.length > 0 ? head.qualifier : sharedPlace(clauses)
    const ofSentence: Draft[] = []
    let verb = head.verb
    let ended: Clause['leading'] = null
    let stage: Draft[] = []
    let previous: readonly Draft[] = []
    for (const [i, clause] of clauses.entries()) {
      if (clause.link === 'then' && i === 0) {
        previous = this.stage
        this.stage = []
      } else if (clause.link === 'then' && stage.length > 0) {
        previous = stage
        stage = []
      }
      if (clause.beside) previous = []
      const before = [...this.drafts]
      // "deploy A; also B" goes on with things, "deploy A; the old one is broken" tells something.
      const more = clause.apart && ofSentence.length > 0 && !clause.tokens.some(({ lower }) => finiteVerbs.has(lower))
      const listed = more || (clause.link !== 'none' && before.length > 0)
      // A condition at the front holds up to a "then" or a semicolon.
      if (clause.apart && clause.leading === clauses[i - 1]?.leading) ended = clause.leading
      // "Tonight restart it, and right now clear its queue"
      if (clause.leading?.relation === 'at' && clause.tokens.slice(0, 3).some(({ lower }) => lower === 'now')) ended = clause.leading
      const leading = clause.leading !== ended && (clause.link === 'none' || i === 0 || clause.leading?.ofOutcome) ? clause.leading : null
      const again = clause.link !== 'none' || clause.elsewhere ? repeat(clause.tokens, i > 0 && ofSentence.length === 0 ? [] : this.nearest) : []
      const reading = again.at(-1) ?? readClause({ ...clause, leading }, { question: question && ofSentence.length === 0, listed, nouns: false, sharedVerb: verb, working: this.drafts.length > 0 || this.topic.length > 0, ...this.tasks })
      const made = again.length > 1
        ? again.flatMap((work) => this.take(work, clause.tokens, head, true))
        : this.take(reading, reading.kind === 'statement' && clause.leading ? [...clause.leading.tokens, ...clause.tokens] : clause.tokens, { ...head, qualifier }, false, clause.leading !== null)
      if (again.length > 1) this.nearest = made
      // "Same for Ann" may not mean that she is to be deleted.
      if (i > 0 && /^(?:(?:and|the) )*same\b/.test(render(clause.tokens).toLowerCase())) for (const draft of made) if (undoable.test(draft.verb)) draft.heldUntil ??= { said: this.told.quote(clause.tokens), why: 'doubt' }
      // "Is the scan done? Then deploy it"
      if (i === 0 && clause.link === 'then') for (const draft of made) this.question.hang(draft, true)
      for (const draft of made) for (const earlier of clause.link === 'finally' ? before : previous) link(draft, earlier)
      if (reading.kind === 'work') {
        verb = reading.verb
        if (reading.first) this.order.putFirst(made, ofSentence.length > 0 ? ofSentence : before)
      }
      stage.push(...made)
      ofSentence.push(...made)
      this.stage.push(...made)
    }
  }
}

/** The words before an exception head the list, and "only the first" heads it as work. */
function leadUnder ({ kind, before }: Selection, said: LeadIn): LeadIn {
  if (before.length > 0) return readLeadIn(before, false)
  return kind === 'but' || isOfTasks(said) ? said : 'work'
}

/** The items a choice leaves; null where it does not tell which. */
function pick (selection: Selection, items: readonly Item[]): readonly Item[] | null {
  if (selection.placed) {
    const numbers = items.map(({ number }) => number)
    const wanted = new Set(numbers).size === numbers.length && numbers.length > 1 ? chosen(selection, numbers) : null
    const picked = wanted && items.filter(({ number }) => wanted.has(number))
    return picked?.length === 0 ? null : picked
  }
  if (selection.kind === 'unclear') return null
  const parts = selection.what.split(/ ?, ?| (?:and|or|nor) /)
  const named = parts.map((part) => items.filter((item) => isNamedBy(part, render(item.tokens))))
  const left = named.every((found) => found.length > 0) ? items.filter((item) => !named.flat().includes(item)) : []
  return left.length === 0 ? null : left
}
