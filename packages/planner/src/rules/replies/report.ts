import { text } from '../conversation.ts'
import { bold, countOf, plain } from './wording.ts'

type Row = Readonly<Record<string, unknown>>

/** The summary of a batch, from the report alone: what was done, what failed and why, what to do next. */
export function summarize (report: Row): string {
  const rows = (Array.isArray(report.tasks) ? report.tasks : []).filter((row): row is Row => typeof row === 'object' && row !== null)
  const by = (status: string) => rows.filter((row) => row.status === status)
  const [done, failed, cancelled] = [by('completed'), by('failed'), by('cancelled')]
  const sections = [
    headline(rows.length, done, failed.length, cancelled.length),
    done.map((row) => `- ${bold(text(row.title))}: ${ended(plain(text(row.summary), 2_000) || 'completed')}${text(row.commit) === '' ? '' : ` Commit \`${plain(text(row.commit).slice(0, 12))}\`.`}`).join('\n'),
    failed.map((row) => `- ${bold(text(row.title))} failed: ${ended(plain(text((row.error as Row | null)?.message), 1_000) || 'no reason was given')}`).join('\n'),
    cancelled.map((row) => `- ${bold(text(row.title))} was cancelled${text(row.cancel_reason) === '' ? '.' : `: ${ended(plain(text(row.cancel_reason)))}`}`).join('\n'),
    nextStep(done, failed, cancelled)
  ]
  return sections.filter(Boolean).join('\n\n')
}

/** How a worker's summary says that a part of the request was not its to do. */
const leftOut = /\bnot done\b/i

function headline (total: number, completed: readonly Row[], failed: number, cancelled: number): string {
  if (total === 0) return 'The batch ended without tasks.'
  const done = completed.length
  const partly = completed.filter((row) => leftOut.test(text(row.summary))).length
  if (done === total && partly > 0) {
    if (total === 1) return 'The task ended, and not all that was asked for is done.'
    return `All ${countOf(total, 'task').toLowerCase()} ended, and ${partly === 1 ? 'one of them' : `${partly} of them`} left out a part of what was asked for.`
  }
  if (done === total) return total === 1 ? 'The task is completed and verified.' : `All ${countOf(total, 'task').toLowerCase()} are completed and verified.`
  const parts = [done > 0 && `${done} completed`, failed > 0 && `${failed} failed`, cancelled > 0 && `${cancelled} cancelled`].filter(Boolean)
  return `Of ${countOf(total, 'task').toLowerCase()}: ${parts.join(', ')}.`
}

function nextStep (done: readonly Row[], failed: readonly Row[], cancelled: readonly Row[]): string {
  if (failed.length > 0) return 'Next: correct what is named above, then say “retry the failed ones”.'
  if (cancelled.length > 0) return done.length > 0 ? 'Next: retry what was cancelled if it is still wanted.' : 'Nothing was changed.'
  return done.some((row) => text(row.commit) !== '') ? 'Next: look through the commits and roll them out from there.' : ''
}

function ended (sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`
}
