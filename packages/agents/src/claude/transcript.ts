import type Anthropic from '@anthropic-ai/sdk'
import { nothingUsed, type Evidence, type JournalEntry, type Usage } from '@cortex/contracts'
import { redact, redactValue } from '@cortex/secrets'
import type { PlannedChangeSet } from '../change-set.ts'
import type { Plan } from '../toolkit.ts'
import { cutBack, sizeOf } from './bounds.ts'
import { callsOf, messagesOf, type Reply, type Results, type Turn } from './turn.ts'
import type { Unmade } from './unmade.ts'

/** A change set that waits for its answer, and the call that offered it. */
export interface Offered { change_set: PlannedChangeSet, call: string }

interface State {
  draft: Plan[]
  offered: Offered | null
  /** Change sets that were offered and not carried out, oldest first. */
  unmade: Unmade[]
  /** The call that split the task. */
  split: { call: string } | null
  /** `changes`: those that are in no commit, by toolkit and target. */
  applied: { commits: string[], files: string[], changes: string[], evidence: Evidence[] }
  usage: Usage
  steps: number
  nudges: number
}

const empty: State = { draft: [], offered: null, unmade: [], split: null, applied: { commits: [], files: [], changes: [], evidence: [] }, usage: nothingUsed, steps: 0, nudges: 0 }

/**
 * The conversation of one task with the model as the journal holds it: each turn under a key of its own, stored as it is sent, and what the worker
 * keeps beside them. Whoever reads it back goes on at the same place. What is said to the model has no secret in it.
 */
export class Transcript {
  readonly turns: Turn[] = []
  state: State

  constructor (journal: readonly JournalEntry[]) {
    const values = new Map(journal.map(({ key, value }) => [key, value]))
    for (let index = 0; values.has(turnKey(index)); index++) this.turns.push(values.get(turnKey(index)) as Turn)
    const stored = values.get('state') as State | undefined
    // That of an earlier version knows nothing of splits, of what was not made, and of no change but commits.
    this.state = { ...empty, ...stored, applied: { ...empty.applied, ...stored?.applied } }
  }

  get last (): Turn | undefined {
    return this.turns.at(-1)
  }

  /** Changes the state and gives what has to be journalled for it. */
  update (change: Partial<State>): Record<string, unknown> {
    this.state = { ...this.state, ...change }
    return { state: this.state }
  }

  /** Adds a turn and gives what has to be journalled for it. */
  add (turn: Turn): Record<string, unknown> {
    const said = turn.role === 'user' ? redactValue(turn) : turn
    this.turns.push(said)
    return { [turnKey(this.turns.length - 1)]: said }
  }

  /** Stores what calls of the last reply came to. */
  addResults (results: Results): Record<string, unknown> {
    const index = this.turns.length - 1
    const turn = this.turns[index]
    if (turn?.role !== 'assistant') throw new Error('only a reply has calls')
    this.turns[index] = { ...turn, results: { ...turn.results, ...redactValue(results) } }
    return { [turnKey(index)]: this.turns[index] }
  }

  /**
   * Cuts a conversation over the limit back and gives what has to be journalled for it, each part for itself: any of them leaves a whole conversation.
   * Whoever goes on from the journal sends the same, and what was cut is kept nowhere.
   * @param limit characters of all messages as JSON
   */
  cutBack (limit: number): Array<Record<string, unknown>> {
    return cutBack(this.turns, limit).map(({ start, turns }) => {
      this.turns.splice(start, turns.length, ...turns)
      return Object.fromEntries(turns.map((turn, index) => [turnKey(start + index), turn]))
    })
  }

  /** Characters of all messages as JSON. */
  get size (): number {
    return sizeOf(this.turns)
  }

  /** What goes to the model. */
  messages (): Anthropic.MessageParam[] {
    return messagesOf(this.turns)
  }

  /** Everything tools have answered that is still kept and tells of the world, with the name of the tool, for evidence to be looked up in. */
  toolAnswers (): Array<{ tool: string, text: string }> {
    return this.turns.flatMap((turn) => turn.role !== 'assistant'
      ? []
      : callsOf(turn.reply).flatMap(({ id, name }) => {
        const result = turn.results[id]
        return result && !result.is_error && result.cut === undefined ? [{ tool: name, text: result.shows ?? result.content }] : []
      }))
  }

  /** The words the model put into calls that planned something, as far as they are still kept. */
  plannedWords (): string {
    return this.turns.flatMap((turn) => turn.role === 'assistant' ? callsOf(turn.reply).filter(({ id }) => turn.results[id]?.shows !== undefined).flatMap(({ input }) => stringsIn(input)) : []).join('\n')
  }
}

/**
 * A reply whose secrets, typed or made up, are marks before it is stored, sent back or acted on. Thinking is signed, so its words are taken out whole: its
 * signature alone may stand for it.
 */
export function redactReply ({ content, ...rest }: Reply): Reply {
  return {
    ...rest,
    content: content.map((block) => block.type !== 'thinking' ? redactValue(block) : redact(block.thinking) === block.thinking ? block : { ...block, thinking: '' })
  }
}

function turnKey (index: number): string {
  return `turn:${String(index).padStart(4, '0')}`
}

function stringsIn (value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}
