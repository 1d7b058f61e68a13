import type { Token } from './tokens.ts'

const counts = /^(?:\d{1,2}|one|two|three|four|five|six|seven|first|second|third|fourth|fifth|last|final|i|ii|iii|iv)$/
const names = /^(?:phase|stage|step|milestone|wave|round|part|sprint)$/
const alone = /^(?:before|beforehand|first|preparation|then|next|after|afterwards|later|finally|last|lastly|at the end|afterward)$/

/** How a part of the message that comes after all before it is opened: "Phase 2:", "## After", "Phase two is to deploy it". `rest` is the work behind. */
export function readPhase (tokens: readonly Token[], headed: boolean): { rest: readonly Token[] } | null {
  const said = tokens.filter(({ kind }) => kind !== 'mark').map(({ lower }) => lower)
  const from = said[0] === 'the' || said[0] === 'in' ? 1 : 0
  const [first = '', second = ''] = said.slice(from)
  const numbered = (names.test(first) && counts.test(second)) || (counts.test(first) && names.test(second))
  if (headed && said.length > 0 && (alone.test(said.join(' ')) || (numbered && said.length <= 8))) return { rest: [] }
  if (!numbered) return null
  const at = tokens.findIndex(({ lower }, i) => i > from && lower === second) + 1
  if (at === 0) return null
  const [next, after] = [tokens[at]?.lower, tokens[at + 1]?.lower]
  if (next === undefined) return { rest: [] }
  if (next === ':' && after !== undefined && /^(?:phase|stage|wave|round|milestone)$/.test(names.test(first) ? first : second)) return { rest: tokens.slice(at + 1) }
  if (/^(?:is|will|would)$/.test(next) && (after === 'to' || after === 'be')) return { rest: tokens.slice(after === 'be' && tokens[at + 2]?.lower === 'to' ? at + 3 : at + 2) }
  return null
}
