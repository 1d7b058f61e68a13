import type { TaskStatus } from '@cortex/contracts'

/** What became of one file: taken as it was, mapped (taken, with notes of what is different here), known from an earlier run, or refused. */
export interface FileReport {
  readonly file: string
  readonly outcome: 'taken' | 'mapped' | 'known' | 'refused'
  readonly task_id: string | null
  readonly status: TaskStatus | null
  readonly old_id: string | null
  /** Whether the file tells of work that had not ended. */
  readonly unfinished: boolean
  readonly notes: readonly string[]
}

export interface ImportReport {
  readonly folder: string
  readonly dry_run: boolean
  readonly run: boolean
  readonly files: readonly FileReport[]
}

export function toJson (report: ImportReport): string {
  const { files, ...rest } = report
  return `${JSON.stringify({ ...rest, summary: countOutcomes(files), files }, null, 2)}\n`
}

/** A line a file, then what it comes to. */
export function renderReport (report: ImportReport): string {
  const rows = [['FILE', 'OUTCOME', 'STATUS', 'TASK', 'NOTES'], ...report.files.map(({ file, outcome, status, task_id: id, notes }) => [visible(file), outcome, status ?? '', id ?? '', visible(notes.join('; '))])]
  const widths = [0, 1, 2, 3].map((column) => rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0))
  const table = rows.map((row) => row.map((cell, column) => cell.padEnd(Math.min(widths[column] ?? 0, 60))).join('  ').trimEnd())
  return `${table.join('\n')}\n\n${summarize(report)}\n`
}

function summarize ({ folder, dry_run: dryRun, run, files }: ImportReport): string {
  const { taken, mapped, known, refused } = countOutcomes(files)
  const fresh = taken + mapped
  const lines = [`${visible(folder)}: ${count(files.length, 'entry', 'entries')}, ${fresh} ${dryRun ? 'would be taken' : 'taken'} (${mapped} of them mapped), ${known} known already, ${refused} refused.`]
  if (dryRun) lines.push('This was a dry run: nothing was stored.')
  else if (fresh === 0) lines.push('Nothing new was taken.')
  const open = files.filter(({ outcome, unfinished }) => unfinished && outcome !== 'known')
  const held = open.filter(({ status }) => status === 'cancelled').length
  if (held > 0) lines.push(`${count(held, 'unfinished task', 'unfinished tasks')} ${dryRun ? 'would be' : 'are'} stored as cancelled and will not start: retry those you still want${run ? '' : ' (a first import with --run starts all that can)'}.`)
  const started = open.filter(({ status }) => status === 'queued' || status === 'waiting').length
  if (started > 0) lines.push(`${count(started, 'unfinished task', 'unfinished tasks')} ${dryRun ? 'would' : 'will'} start with Cortex, after the work that waits there now.`)
  return lines.join('\n')
}

function countOutcomes (files: readonly FileReport[]): Record<FileReport['outcome'], number> {
  const counts = { taken: 0, mapped: 0, known: 0, refused: 0 }
  for (const { outcome } of files) counts[outcome]++
  return counts
}

function count (number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`
}

/** Names and words of old files are a stranger's: what would move the cursor or turn the line round is shown as its number. */
function visible (text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}
