import { link } from './dependencies.ts'
import type { Draft } from './drafts.ts'
import type { Token } from './tokens.ts'

const counts = /^(?:\d{1,2}|one|two|three|four|five|six|seven|first|second|third|fourth|fifth|last|final|i|ii|iii|iv|1st|2nd|3rd|[4-9]th)$/
const ordinals = /^(?:first|second|third|fourth|fifth|sixth|1st|2nd|3rd|[4-9]th)$/
const names = /^(?:phase|stage|step|milestone|wave|round|part|sprint)$/
const alone = /^(?:before|beforehand|first|preparation|then|next|after|afterwards|later|finally|last|lastly|at the end|afterward)$/

/** How a part of the message that comes after all before it is opened: "Phase 2:", "## After", "Phase two is to deploy it". `rest` is the work behind. */
export function readPhase (tokens: readonly Token[], headed: boolean): { rest: readonly Token[] } | null {
  const said = tokens.filter(({ kind }) => kind !== 'mark').map(({ lower }) => lower)
  const from = said[0] === 'the' || said[0] === 'in' ? 1 : 0
  const [first = '', second = ''] = said.slice(from)
  const numbered = (names.test(first) && counts.test(second)) || (counts.test(first) && names.test(second))
  if (headed && said.length > 0 && (alone.test(said.join(' ')) || (numbered && said.length <= 8))) return { rest: [] }
  // "1st: snapshot the volume."
  if (ordinals.test(first) && tokens[from + 1]?.text === ':' && tokens[from + 2] !== undefined) return { rest: tokens.slice(from + 2) }
  if (!numbered) return null
  const at = tokens.findIndex(({ lower }, i) => i > from && lower === second) + 1
  if (at === 0) return null
  const [next, after] = [tokens[at]?.lower, tokens[at + 1]?.lower]
  if (next === undefined) return { rest: [] }
  if (next === ':' && after !== undefined && /^(?:phase|stage|step|wave|round|milestone)$/.test(names.test(first) ? first : second)) return { rest: tokens.slice(at + 1) }
  if (/^(?:is|will|would)$/.test(next) && (after === 'to' || after === 'be')) return { rest: tokens.slice(after === 'be' && tokens[at + 2]?.lower === 'to' ? at + 3 : at + 2) }
  return null
}

/** Where a further phase begins in the same sentence: "phase 1: build, phase 2: deploy"; -1 for none. */
export function nextPhaseAt (tokens: readonly Token[]): number {
  return tokens.findIndex(({ lower, depth }, i) => i > 0 && depth === 0 && /^(?:,|;|and)$/.test(lower) && readPhase(tokens.slice(i + 1), false) !== null)
}

/** The drafts of the phase that is being read; those of the one before it come first. */
export class Phases {
  current: Draft[] = []
  #before: readonly Draft[] = []

  /** All that comes from here on waits for what the phase up to here asked for. */
  open (): void {
    if (this.current.length > 0) this.#before = this.current
    this.current = []
  }

  add (drafts: readonly Draft[]): void {
    for (const draft of drafts) for (const earlier of this.#before) link(draft, earlier)
    this.current.push(...drafts)
  }
}
