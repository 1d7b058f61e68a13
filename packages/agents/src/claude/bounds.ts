import { cutWords } from './prompt.ts'
import { callsOf, messagesOf, type Reply, type Results, type Turn } from './turn.ts'

/** Characters from which on an old answer, or a string in an old call, is cut. */
const keptAnswer = 400
/** Characters that stay of what the model said long ago. */
const keptWords = 2_000

/** A reply with what was answered to it. */
export interface Exchange { start: number, turns: Turn[], size: number }

/**
 * What has to be stored anew so that a conversation over its limit comes down to half of it, so that the model's prompt cache is lost once in a while and
 * not with each request. Old answers and long inputs are cut first, whole exchanges only when that is not enough; the task and the last exchange stay.
 * Thinking is kept or goes with its exchange, for it is signed. Nothing, while the conversation is within its limit.
 * @param limit characters of all messages as JSON
 */
export function cutBack (turns: readonly Turn[], limit: number): Exchange[] {
  const exchanges = exchangesOf(turns)
  const task = sizeOf(turns.slice(0, 1))
  let size = exchanges.reduce((sum, exchange) => sum + exchange.size, task)
  if (size <= limit) return []
  const goal = (task + limit) / 2
  const cut = new Map<number, Exchange>()
  for (const way of [shortened, { role: 'cut' } as const]) {
    for (const exchange of exchanges.slice(0, -1)) {
      if (size <= goal) break
      const before = cut.get(exchange.start) ?? exchange
      const after = exchangeOf(exchange.start, before.turns.map((turn) => typeof way === 'function' ? way(turn) : way))
      if (after.size >= before.size) continue
      size -= before.size - after.size
      cut.set(exchange.start, after)
    }
  }
  return [...cut.values()]
}

/** Characters of the messages as JSON. */
export function sizeOf (turns: readonly Turn[]): number {
  return JSON.stringify(messagesOf(turns)).length
}

function exchangesOf (turns: readonly Turn[]): Exchange[] {
  const starts = turns.flatMap(({ role }, index) => role === 'assistant' ? index : [])
  return starts.map((start, index) => exchangeOf(start, turns.slice(start, starts[index + 1])))
}

function exchangeOf (start: number, turns: Turn[]): Exchange {
  return { start, turns, size: turns.some(({ role }) => role === 'cut') ? 0 : sizeOf(turns) }
}

function shortened (turn: Turn): Turn {
  if (turn.role !== 'assistant') return turn
  return { role: 'assistant', reply: { ...turn.reply, content: turn.reply.content.map(shortenedBlock) }, results: cutResults(turn.reply, turn.results) }
}

function shortenedBlock (block: Reply['content'][number]): Reply['content'][number] {
  if (block.type === 'tool_use') return { ...block, input: shortenedInput(block.input) }
  return block.type === 'text' && block.text.length > keptWords ? { ...block, text: block.text.slice(0, keptWords) + cutWords(block.text.length - keptWords) } : block
}

/** What the model planned stands in the draft, not in its calls. */
function shortenedInput (input: unknown): unknown {
  if (typeof input === 'string') return input.length > keptAnswer ? cutWords(input.length) : input
  if (Array.isArray(input)) return input.map(shortenedInput)
  return typeof input === 'object' && input !== null ? Object.fromEntries(Object.entries(input).map(([key, value]) => [key, shortenedInput(value)])) : input
}

/** What was applied, and what sub-tasks came to, stays, for it cannot be asked again. */
const kept: ReadonlyArray<string | undefined> = ['apply_changes', 'split_task']

function cutResults (reply: Reply, results: Results): Results {
  const asked = new Map(callsOf(reply).map(({ id, name }) => [id, name]))
  return Object.fromEntries(Object.entries(results).map(([id, result]) => [
    id,
    result.content.length > keptAnswer && !kept.includes(asked.get(id)) ? { content: '', is_error: result.is_error, cut: result.content.length } : result
  ]))
}
