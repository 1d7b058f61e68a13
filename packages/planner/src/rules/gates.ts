import type { TaskStatus } from '@cortex/contracts'
import type { Asked, Gate } from './asked.ts'
import type { Condition } from './clauses.ts'
import type { KnownTask } from './conversation.ts'
import { spaced, type Draft } from './drafts.ts'
import { topicOf } from './topics.ts'
import type { TaskRequest } from './requests.ts'
import { render, tokenize, words, type Token } from './tokens.ts'

const states: readonly (readonly [RegExp, readonly TaskStatus[]])[] = [
  [/\b(?:fail\w*|br[oe]ke?n?|crash\w*|wrong|errors?)\b/, ['failed']],
  [/\b(?:cancell?ed|stopped|aborted)\b/, ['cancelled']],
  [/\b(?:waiting|stuck|blocked|queued|pending)\b/, ['queued', 'waiting', 'awaiting_approval']],
  [/\b(?:still running|in progress|under way|started|being)\b/, ['in_progress']]
]

/** By the words of a question, the states that mean yes. */
function wantedIn (question: readonly Token[]): readonly TaskStatus[] {
  const said = render(question).toLowerCase()
  return states.find(([pattern]) => pattern.test(said))?.[1] ?? ['completed']
}

/** Words that speak of a question just asked, and name nothing themselves. */
const answers = words("so not yes no it it's that that's this they they're there is isn't are aren't was wasn't were weren't has hasn't have haven't had hadn't did didn't does doesn't do don't can can't could couldn't we you the case already yet still true done finished ready deployed running installed up complete completed passed succeeded worked failed fails exist exists one any none be been")
const denials = /^(?:not|no|none|failed|fails|.*n't)$/

/** Whether a condition asks for a yes or a no to the question before it; null where it speaks of something else. */
function answerWanted ({ opener, tokens }: Condition, before: boolean): boolean | null {
  if (opener === 'otherwise') return !before
  if (opener === 'in that case') return true
  if (!/^(?:if|only if|unless|in case|provided|assuming|as long as)$/.test(opener) || !speaksOfQuestion(tokens)) return null
  const yes = !tokens.some(({ lower }) => denials.test(lower))
  return opener === 'unless' ? !yes : yes
}

function speaksOfQuestion (tokens: readonly Token[]): boolean {
  return tokens.length > 0 && tokens.length <= 6 && tokens.every(({ lower, kind }) => kind === 'mark' || answers.has(lower))
}

/** The question of a message that was asked last, and the answer to it that work was last wanted for. */
export class Question {
  #asked: Asked | null = null
  #yes = true

  /** What no task tells is a question all the same. */
  ask (question: readonly Token[], requests: readonly TaskRequest[]): void {
    this.#asked = { request: requests.find((request) => request.kind === 'status') ?? null, wanted: wantedIn(question) }
  }

  /** Lets work hang on the answer where its condition speaks of the question; `next`: it stands behind "then" right after it. */
  hang (draft: Draft, next = false): void {
    const asked = this.#asked
    if (!asked) return
    if (next && asked.request) draft.gate ??= { asked, yes: true, said: 'then' }
    draft.conditions = draft.conditions.flatMap((condition) => {
      const yes = answerWanted(condition, this.#yes)
      if (yes === null) return [awaited(condition, asked)]
      this.#yes = yes
      draft.gate = { asked, yes, said: render([...tokenize(condition.opener), ...spaced(condition.tokens)]) }
      return []
    })
  }
}

/** "Once it has, …": the task the question was about. */
function awaited (condition: Condition, { request }: Asked): Condition {
  const about = request?.about ?? ''
  return about !== '' && /^(?:once|when|after|as soon as)$/.test(condition.opener) && speaksOfQuestion(condition.tokens) ? { ...condition, tokens: tokenize(about) } : condition
}

/** The thing a question is about that no task tells of: "the database" of "was the database migrated?". */
export function thingAsked (question: readonly Token[]): readonly Token[] {
  const end = question.findIndex(({ lower }, i) => i > 2 && /ed$|^(?:done|set|built|running|ready|there|already|still|valid|in|on|up)$/.test(lower))
  return topicOf(question.slice(1, end === -1 ? undefined : end))
}

/** Whether the work may start, by the tasks that answer the question: null while nobody has told. */
export function opens ({ asked: { wanted }, yes }: Gate, tasks: readonly Pick<KnownTask, 'status'>[] | null): boolean {
  const told = (tasks ?? []).filter(({ status }) => status !== null && status !== 'not_found').map(({ status }) => status as TaskStatus)
  if (told.length === 0) return false
  // A task that is still to end may yet do what is asked about.
  return yes ? told.every((status) => wanted.includes(status)) : told.every((status) => !wanted.includes(status) && /^(?:completed|failed|cancelled)$/.test(status))
}
