import { canonicalJson } from '@cortex/contracts'
import { workerStuck } from '../errors.ts'
import { callsOf, type Turn } from './turn.ts'

/** Replies with the same refused calls after which nobody expects another one to differ. */
const patience = 3

/**
 * A model that asks again, word for word, for what was refused has not understood the refusal, and would use up all its steps.
 * @throws CTX_WORKER_STUCK
 */
export function checkNotStuck (turns: readonly Turn[]): void {
  const last = turns.filter(({ role }) => role === 'assistant' || role === 'cut').slice(-patience).map(refusedBy)
  const [refused] = last
  if (last.length === patience && refused && last.every((each) => each?.asked === refused.asked)) throw workerStuck(refused.names, last.at(-1)!.answer)
}

/** The calls of a reply of which none came to anything; undefined where one did, or there was none. */
function refusedBy (turn: Turn): { asked: string, names: string, answer: string } | undefined {
  if (turn.role !== 'assistant') return undefined
  const calls = callsOf(turn.reply)
  const results = calls.map(({ id }) => turn.results[id])
  if (calls.length === 0 || !results.every((result) => result?.is_error === true)) return undefined
  return { asked: canonicalJson(calls.map(({ name, input }) => ({ name, input }))), names: [...new Set(calls.map(({ name }) => name))].join(', '), answer: results[0]!.content.replaceAll(/<\/?tool_output[^>\n]*>/g, '').trim() }
}
