import type { Draft } from './drafts.ts'
import { readFront } from './front.ts'
import { refused } from './retractions.ts'
import { behindStops, hasSecondThought, onlySaysWhen, stopLength } from './second-thoughts.ts'
import type { Token } from './tokens.ts'
import { asksForWork, interrupts, tellsItIsDone } from './withdrawals.ts'

export interface Turn {
  /** What was asked for before is no longer sure. */
  doubts: boolean
  /** What is asked for behind the words that turn: none where they only tell something. */
  rest: readonly Token[]
}

/** How a sentence behind work turns against it or away from it: "wait, are they in use?", "actually, restart the worker"; null where it goes on. */
export function readTurn (tokens: readonly Token[], question: boolean, drafts: readonly Draft[]): Turn | null {
  const rest = behindStops(tokens)
  if (!turnsBack(tokens, question, drafts)) return stopLength(tokens, 0) > 0 && asksForWork(rest) ? { doubts: false, rest } : null
  // "Wait, skip the scan" is plain.
  if (readFront(rest).negated && refused(rest, drafts).drafts.length > 0) return { doubts: false, rest }
  const wanted = rest.at(-1)?.lower === 'instead' ? rest.slice(0, -1) : rest
  return { doubts: true, rest: question || !asksForWork(wanted) || hasSecondThought(wanted) ? [] : wanted }
}

function turnsBack (tokens: readonly Token[], question: boolean, drafts: readonly Draft[]): boolean {
  return (!question && (interrupts(tokens) || tellsItIsDone(tokens) || onlySaysWhen(tokens))) || hasSecondThought(tokens, drafts.at(-1)?.verb)
}
