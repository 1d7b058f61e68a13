import type { Held } from '../held.ts'
import { offerNow } from '../offers.ts'
import { bold, plain } from './wording.ts'

/** What was not started and why. `alone`: nothing else was asked for, so a "yes" can only mean this. */
export function describeHeld (held: readonly Held[], alone: boolean): string {
  if (held.length === 0) return ''
  const lines = held.map(({ what, until, why }) => {
    const said = `“${plain(until, 120)}”`
    if (why === 'held task') return `Nothing was done for ${bold(what)} either: it waits for ${bold(until)}.`
    if (why === 'outcome') return `Nothing was done for ${bold(what)}: you want it ${said}, and that is for you to judge once you see the result.`
    if (why === 'doubt') return `Nothing was done for ${bold(what)}: you said ${said}, and that is for you to decide.`
    if (why === 'lead-in') return `Nothing was done for ${bold(what)}: it stands under ${said}, and whether you want it done is for you to say.`
    if (why === 'answer') return `Nothing was done for ${bold(what)}: you want it ${said}, and what I know does not say that it is so.`
    return why === 'moment'
      ? `Nothing was done for ${bold(what)}: you want it ${said}, and I cannot watch the clock.`
      : `Nothing was done for ${bold(what)}: you want it ${said}, and I can only wait until a task I know of is done.`
  })
  const advice = `${held.every(({ why }) => why === 'outcome' || why === 'doubt' || why === 'lead-in' || why === 'answer') ? 'Ask for it again then.' : 'Ask again when it is time, or name the task it is to follow.'}${alone && held.every(({ request }) => !request) ? ` ${offerNow}` : ''}`
  return [held.length === 1 ? lines.join('') : lines.map((line) => `- ${line}`).join('\n'), advice].join(held.length === 1 ? ' ' : '\n\n')
}
