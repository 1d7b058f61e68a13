import type { Plan } from '../plan.ts'
import type { Call } from '../transcript.ts'
import { countOf, inWords } from './wording.ts'

/** The line before the calls. */
export function announce ({ drafts }: Plan, calls: readonly Call[]): string {
  const created = calls.filter(({ name }) => name === 'cortex_create_task')
  if (created.length > 0) {
    const waiting = drafts.filter(({ after, afterIds }) => after.size + afterIds.size > 0).length
    if (created.length === 1) return waiting === 0 ? 'One task for this; starting it.' : 'One task for this; it starts when what it needs is done.'
    if (waiting === 0) return `${countOf(created.length, 'independent task')}; starting them in parallel.`
    const free = drafts.length - waiting
    return `${countOf(created.length, 'task')}; ${inWords(free)} ${free === 1 ? 'starts' : 'start'} now, ${inWords(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for what ${waiting === 1 ? 'it needs' : 'they need'}.`
  }
  const [first] = calls
  if (first?.name === 'cortex_cancel_task') return calls.length === 1 ? 'Cancelling it.' : `Cancelling ${calls.length} tasks.`
  if (first?.name === 'cortex_retry_task') return calls.length === 1 ? 'Starting another attempt.' : `Starting another attempt of ${calls.length} tasks.`
  return 'Looking it up.'
}
