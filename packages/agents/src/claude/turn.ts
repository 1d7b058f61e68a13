import type Anthropic from '@anthropic-ai/sdk'
import { cutAnswer, cutExchanges } from './prompt.ts'

/**
 * Results of the calls of one reply, by the id of the call. `cut` is how many characters stood in a content that is no longer kept. `shows` is what of the
 * content tells of the world, where not all of it does: a plan only repeats what the model wrote.
 */
export type Results = Record<string, { content: string, is_error: boolean, cut?: number, shows?: string }>

export interface Reply { content: Anthropic.ContentBlock[], stop_reason: Anthropic.StopReason | null }

/** `answers` brings the model the results of the reply before it; `cut` is left of a turn that is no longer kept. */
export type Turn =
  | { role: 'user', content: string }
  | { role: 'assistant', reply: Reply, results: Results }
  | { role: 'answers' }
  | { role: 'cut' }

/** What goes to the model for these turns. */
export function messagesOf (turns: readonly Turn[]): Anthropic.MessageParam[] {
  const messages = turns.flatMap((turn, index) => messageOf(turn, turns[index - 1]) ?? [])
  const [first, ...rest] = messages
  return first && turns.some(({ role }) => role === 'cut') ? [{ ...first, content: `${first.content}\n\n${cutExchanges}` }, ...rest] : messages
}

function messageOf (turn: Turn, before: Turn | undefined): Anthropic.MessageParam | undefined {
  switch (turn.role) {
    case 'user': return turn
    case 'assistant': return { role: 'assistant', content: turn.reply.content }
    case 'answers': return { role: 'user', content: answersTo(before) }
    case 'cut': return undefined
  }
}

/** Every call gets its result in the very next message, results first. */
function answersTo (turn: Turn | undefined): Anthropic.ContentBlockParam[] {
  return turn?.role !== 'assistant'
    ? []
    : callsOf(turn.reply).map(({ id, name }) => {
      const { content, is_error: isError, cut } = turn.results[id] ?? { content: 'Not run', is_error: true }
      return { type: 'tool_result', tool_use_id: id, content: cut === undefined ? content : cutAnswer(name, cut), is_error: isError }
    })
}

export function callsOf ({ content }: Reply): Anthropic.ToolUseBlock[] {
  return content.filter((block) => block.type === 'tool_use')
}
