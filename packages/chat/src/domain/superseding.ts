import { isTerminal, type Message, type Task } from '@cortex/contracts'
import type { Turn } from './transcript.ts'

/** The turn that answers a person's message: both are stored together, so the n-th of one belongs to the n-th of the other. */
export function turnOf (messageId: string, messages: readonly Message[], turns: readonly Turn[]): Turn | null {
  const index = messages.filter(({ role }) => role === 'user').findIndex(({ id }) => id === messageId)
  return turns.filter(({ kind }) => kind === 'turn')[index] ?? null
}

export interface Superseded {
  /** From the replaced message on. */
  readonly messageIds: string[]
  readonly turns: readonly Turn[]
  /** Tasks that came of those turns and have not ended. */
  readonly tasks: readonly Task[]
}

/** What a new version of a message takes the place of: it, and everything that was said after it. */
export function supersededBy (messageId: string, turn: Turn, { messages, turns, tasks }: { messages: readonly Message[], turns: readonly Turn[], tasks: readonly Task[] }): Superseded {
  const later = turns.slice(turns.findIndex(({ id }) => id === turn.id))
  const replies = new Set(later.map((each) => each.messageId))
  const batches = new Set<string | null>(later.map(({ batchId }) => batchId))
  const from = messages.findIndex(({ id }) => id === messageId)
  return {
    messageIds: messages.filter(({ id, role, superseded }, index) => !superseded && (role === 'user' ? index >= from : replies.has(id))).map(({ id }) => id),
    turns: later,
    tasks: tasks.filter(({ batch_id: batchId, status }) => batches.has(batchId) && !isTerminal(status))
  }
}

const mostNamed = 50

/** What the model is told of the turns it does not read any more: their tasks are as real as before. */
export function noteOf (tasks: readonly Task[]): string {
  const named = tasks.slice(0, mostNamed).map(({ id, status, payload }) => `- ${id} ${JSON.stringify(payload.title)}, ${status}`)
  const rest = tasks.length - named.length
  return ['[The person replaced an earlier message with the one below; what was said after it is not part of the conversation any more.',
    tasks.length === 0 ? 'No task that came of it is under way.' : 'These tasks came of it and go on. Do not create them again. When the new message makes one of them wrong, say so, and cancel it if the person wants that:',
    ...named, ...rest > 0 ? [`and ${rest} more`] : []].join('\n') + ']'
}
