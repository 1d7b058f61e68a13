import { clauseOf, type Clause } from './clauses.ts'
import type { KnownTask } from './conversation.ts'
import { Gathered } from './gathered.ts'
import { stripAsides, trim, type Draft } from './drafts.ts'
import { contrast, insistOn, meanwhile } from './ellipsis.ts'
import { topicOf, topicOfRefusal } from './topics.ts'
import { Question } from './gates.ts'
import { isPleasantry } from './asides.ts'
import { categoryOf } from './categories.ts'
import { noHead, type Head } from './labels.ts'
import { goesOn } from './lexicon.ts'
import { readClause, type Reading, type Work } from './read-clause.ts'
import { readRemark } from './remarks.ts'
import { recognize, type Recognized } from './references.ts'
import { refused } from './retractions.ts'
import { Phases } from './phases.ts'
import { unsettledBy } from './plain-request.ts'
import type { TaskRequest } from './requests.ts'
import { hasSecondThought, speaksAgainst } from './second-thoughts.ts'
import { Order } from './settle.ts'
import { render, type Token } from './tokens.ts'
import { actsOnEvents } from './waiting.ts'
import { draftWork } from './work.ts'

/** Tasks one message may start. */
const mostTasks = 100

export interface DraftingOptions {
  message: string
  known: readonly KnownTask[]
  /** The person said "in parallel": "it" is then no order. */
  parallel: boolean
  /** What an "it" means before anything was named. */
  topic: readonly Token[]
  /** Words of a block of code: they tell the field where nothing else does. */
  attached: readonly Token[]
}

/** What is made of a clause once it is read: tasks, requests about tasks, and what is told again. */
export class Drafting extends Gathered {
  /** Tasks left out because the message asks for too many. */
  dropped = 0

  protected readonly tasks: Recognized
  protected readonly order = new Order()
  protected readonly phases = new Phases()
  protected readonly question = new Question()
  /** Drafts since the last sentence that began with "then". */
  protected stage: Draft[] = []
  /** Drafts of the clause before. */
  protected nearest: readonly Draft[] = []
  /** What was last spoken of without asking for work on it. */
  protected topic: readonly Token[]

  readonly #options: DraftingOptions
  /** The last statement: what a "do so" or an "it" can mean where it names no thing. */
  #statement: readonly Token[] | null = null

  constructor (options: DraftingOptions) {
    super(options.message)
    this.#options = options
    this.tasks = recognize(options.known)
    this.topic = options.topic
  }

  protected readPart (clause: Clause, { verb }: Head): Reading {
    return readClause(clause, { question: false, listed: true, nouns: verb !== null, sharedVerb: verb, working: this.drafts.length > 0 || this.topic.length > 0, ...this.tasks })
  }

  protected take (reading: Reading, tokens: readonly Token[], head: Head, keepWhole: boolean, conditioned = false): Draft[] {
    switch (reading.kind) {
      case 'work': {
        const made = this.#draft(reading, head, keepWhole)
        const unsettled = unsettledBy({ ...reading, conditions: [...head.conditions, ...reading.conditions] }, tokens, (words) => this.told.quote(words))
        for (const draft of made) draft.heldUntil ??= unsettled
        return made
      }
      case 'request':
        this.requests.push(this.#nameIt(reading.request))
        return []
      case 'deferred':
        this.deferred.push({ what: render(reading.words), until: `${reading.until.opener} ${render(reading.until.tokens)}`.trim(), request: true, why: reading.until.relation === 'at' ? 'moment' : 'condition' })
        return []
      case 'constraint':
        return this.#takeRefusal(tokens, head, keepWhole)
      case 'whether':
        this.told.remarks.push('whether')
        return []
      case 'question':
        if (reading.more && this.#tellMore(tokens)) return []
        this.told.aside('question', tokens)
        this.told.remarks.push('question')
        return []
      case 'statement':
        if (reading.priority) {
          const about = stripAsides(tokens).tokens
          this.order.urgencies.push({ priority: reading.priority, about })
          this.topic = topicOf(about)
          return []
        }
        if (!conditioned && (this.drafts.some(({ verb }) => speaksAgainst(verb, tokens) || hasSecondThought(tokens, verb)) || (this.acting.length > 0 && hasSecondThought(tokens)))) {
          this.doubt(tokens)
          return []
        }
        if (!isPleasantry(render(trim(tokens)))) this.told.note(tokens)
        this.told.aside('statement', tokens)
        this.told.remarks.push('statement')
        this.topic = topicOf(tokens)
        this.#statement = readRemark(render(trim(tokens))) ? null : trim(tokens)
        return []
      case 'nothing':
        return []
    }
  }

  #draft (work: Work, head: Head, keepWhole: boolean): Draft[] {
    const told = this.#statement
    // "It is time to upgrade the cluster, so please do so"; "the build fails. Look into it."
    if (told && /^do$/.test(work.verb) && /^(?:so|it|that|this)$/.test(work.object[0]?.lower ?? '') && this.nearest.length === 0) {
      this.#statement = null
      const meant = insistOn(told)
      return this.#draft({ ...meant, object: [...meant.object, ...work.object.slice(1)], words: [...meant.words, ...work.object.slice(1)], conditions: work.conditions, priority: work.priority }, head, true)
    }
    const made = draftWork({ ...work, conditions: [...head.conditions, ...work.conditions] }, { earlier: this.drafts, nearest: this.nearest, topic: this.topic.length > 0 ? this.topic : work.conditions.flatMap(({ tokens, opens }) => opens ? topicOf(tokens) : []), qualifier: head.qualifier, each: head.each, setting: head.words.length > 0 ? head.words : this.#options.attached, keepWhole, sequential: !this.#options.parallel && !work.first })
    if (!made && told && work.object.length === 1) {
      this.#statement = null
      return this.#draft({ ...work, object: told, words: [...work.words.slice(0, -1), ...told] }, head, true)
    }
    if (!made) {
      this.told.aside('unclear', work.words)
      this.told.remarks.push('unclear')
      return []
    }
    const taken = made.slice(0, mostTasks - this.drafts.length)
    this.dropped += made.length - taken.length
    for (const draft of taken) {
      this.question.hang(draft)
      draft.priority ??= head.priority
      // "In case the deployment fails, notify me" is of the field of what may fail.
      if (draft.category === 'general' && actsOnEvents(draft.verb, [])) draft.category = work.conditions.filter(({ opens }) => opens).map(({ tokens }) => categoryOf(tokens, tokens.length)).find((category) => category !== 'general') ?? 'general'
      // "Remove the old version" says nothing of its field: it is that of the work before.
      if (draft.category === 'general' && goesOn.test(draft.verb)) draft.category = this.nearest.at(-1)?.category ?? 'general'
    }
    this.phases.add(taken)
    this.drafts.push(...taken)
    this.nearest = taken
    return taken
  }

  /** "I don't need the pipeline any more, cancel it": the task just spoken of. */
  #nameIt (request: TaskRequest): TaskRequest {
    const spoken = render(this.topic).toLowerCase()
    return request.kind !== 'list' && /^(?:it|that|this)$/.test(request.about) && spoken !== '' && this.tasks.isKnown(spoken) ? { ...request, about: spoken } : request
  }

  /** "Skip the scan" takes back what the message asked for before; "don't deploy it until …" puts it off. */
  #refuse (tokens: readonly Token[]): boolean {
    const { drafts, until } = refused(tokens, this.drafts)
    for (const draft of drafts) {
      if (until) draft.conditions = [...draft.conditions, { relation: 'after', opener: 'once', tokens: until }]
      else this.takeBack(draft)
    }
    return drafts.length > 0
  }

  #takeRefusal (tokens: readonly Token[], head: Head, keepWhole: boolean): Draft[] {
    if (this.#refuse(tokens)) return []
    this.topic = topicOfRefusal(tokens)
    this.told.note(tokens)
    this.told.aside('refusal', tokens)
    this.told.remarks.push('refusal')
    const wanted = contrast(tokens) ?? meanwhile(tokens)
    const reading = wanted && this.readPart(clauseOf(wanted), noHead)
    return reading?.kind === 'work' ? this.#draft(reading, head, keepWhole) : []
  }

  protected takeBack (draft: Draft): void {
    this.told.takenBack.push(draft.title)
    for (const list of [this.drafts, this.stage, this.order.first, this.phases.current]) if (list.includes(draft)) list.splice(list.indexOf(draft), 1)
    this.nearest = this.nearest.filter((other) => other !== draft)
    for (const other of this.drafts) other.after.delete(draft)
  }

  /** "Compare the versions, and tell me which are outdated": what is asked belongs to the work just named. */
  #tellMore (tokens: readonly Token[]): boolean {
    for (const draft of this.nearest) draft.description += `, and ${render(trim(tokens))}`
    return this.nearest.length > 0
  }
}
