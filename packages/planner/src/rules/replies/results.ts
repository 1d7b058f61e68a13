import { isTerminal, type TaskStatus } from '@cortex/contracts'
import { text, type KnownTask, type Step } from '../conversation.ts'
import { bold, countOf, listOf, plain, statusOf, statusWords } from './wording.ts'

type Row = Readonly<Record<string, unknown>>

/** Rows of a list at most; the board shows the rest. */
const mostRows = 25

export function describeCreated (steps: readonly Step[], known: readonly KnownTask[]): string {
  if (steps.length === 0) return ''
  const [refused, taken] = [steps.filter(isRefused), steps.filter((step) => !isRefused(step))]
  // What is known to have ended meanwhile is told as it ended.
  const started = taken.filter(({ output }) => !known.some(({ id, status }) => id === output?.task_id && status !== null && status !== 'not_found' && isTerminal(status)))
  const titles = new Map(steps.flatMap(({ call: { input }, output }) => [[text(input.ref), text(input.title)], [text(output?.task_id), text(input.title)]] as const))
  const head = started.length === 0 ? '' : started.length === 1 && steps.length === 1 ? '' : `Started ${countOf(started.length, 'task').toLowerCase()}:`
  const lines = started.map(({ call: { input }, output }) => {
    const master = /\b[a-z]+-master\b/.exec(text(output?.message))?.[0]
    const needs = (Array.isArray(input.depends_on) ? input.depends_on : []).map((name: unknown) => bold(titles.get(text(name)) ?? titleOf(text(name), known)))
    return `${bold(text(input.title))} is with ${master ?? 'its master'}${needs.length > 0 ? ` and waits for ${listOf(needs)}` : ''}.`
  })
  const body = lines.length === 1 && head === '' ? `Started: ${lines[0]}` : [head, ...lines.map((line) => `- ${line}`)].filter(Boolean).join('\n')
  const faults = refused.map(({ call, failed, output, text: fault }) => `- ${bold(text(call.input.title))} was not started: ${plain(failed ? fault : text(output?.message))}`)
  return [
    body,
    faults.length > 0 ? [countOf(refused.length, 'task') + ' could not be started:', ...faults].join('\n') : '',
    started.length > 0 ? 'The policy says which changes are shown to you for approval first.' : ''
  ].filter(Boolean).join('\n\n')
}

/** One that needs a lost task is cancelled by its create. */
function isRefused ({ failed, output }: Step): boolean {
  return failed || output?.status === 'cancelled'
}

export function describeStatuses (steps: readonly Step[]): string {
  return steps.map(({ output, failed, text: fault, call }) => failed || !output
    ? `I could not read \`${plain(text(call.input.task_id), 60)}\`: ${plain(fault)}`
    : describeRow(output, true)).join('\n\n')
}

export function describeCancelled (steps: readonly Step[], known: readonly KnownTask[]): string {
  const dependentsOf = (step: Step): readonly Row[] => Array.isArray(step.output?.dependents) ? step.output.dependents : []
  // Asked for as well, but gone already with the one it needs: that is told there.
  const taken = new Set(steps.flatMap((step) => dependentsOf(step).map((row) => text(row.task_id))))
  const lines = steps.filter(({ call, failed }) => !failed || !taken.has(text(call.input.task_id))).map((step) => {
    const { call, output, failed, text: fault } = step
    const title = bold(titleOf(text(call.input.task_id), known))
    if (failed) return `${title} was not cancelled: ${plain(fault)}`
    const dependents = dependentsOf(step).map((row) => bold(text(row.title)))
    const state = output?.status === 'cancelled' ? 'is cancelled' : 'stops at its next step'
    return `${title} ${state}${dependents.length > 0 ? `, and with it ${listOf(dependents)}, which needed it` : ''}.`
  })
  return bullets(lines)
}

export function describeRetried (steps: readonly Step[], known: readonly KnownTask[]): string {
  const lines = steps.map(({ call, output, failed, text: fault }) => {
    const title = bold(titleOf(text(call.input.task_id), known))
    if (failed) return `${title} was not retried: ${plain(fault)}`
    const revived = (Array.isArray(output?.revived) ? output.revived : []).map((row: Row) => bold(text(row.title)))
    return `${title} gets another attempt${revived.length > 0 ? `; ${listOf(revived)} ${revived.length === 1 ? 'waits' : 'wait'} for it again` : ''}.`
  })
  return bullets(lines)
}

export function describeListed ({ call, output, failed, text: fault }: Step, statuses: readonly TaskStatus[], whole: boolean): string {
  if (failed) return `I could not read the tasks: ${plain(fault)}`
  if (!whole) return ''
  const rows = rowsWith(statuses, output)
  const of = call.input.conversation === 'current' ? ' of this conversation' : ''
  if (rows.length === 0) return statuses.length === 0 ? `There are no tasks${of.replace('of', 'in')}.` : `No task${of} ${listOf(statuses.map((status) => (statusWords[status] ?? status))).replaceAll(' and ', ' or ')}.`
  const more = rows.length > mostRows || output?.next_cursor ? ['- … and more; the board shows all of them.'] : []
  return [`${countOf(rows.length, 'task')}${of}:`, ...rows.slice(0, mostRows).map((row) => `- ${describeRow(row, false)}`), ...more].join('\n')
}

/** What of the same kind there is in other conversations; of all kinds, what is still to end. */
export function describeElsewhere ({ output, failed }: Step, here: Step, statuses: readonly TaskStatus[]): string {
  if (failed) return ''
  const own = new Set(rowsWith([], here.output).map((row) => row.task_id))
  const rows = rowsWith(statuses, output).filter((row) => !own.has(row.task_id) && (statuses.length > 0 || !isTerminal(text(row.status) as TaskStatus)))
  if (rows.length === 0) return ''
  const [status] = statuses
  const state = status !== undefined && statuses.length === 1 ? inNumber(statusWords[status] ?? '', rows.length) : rows.length === 1 ? 'is still to end' : 'are still to end'
  return `In other conversations ${countOf(rows.length, 'task').toLowerCase()}${output?.next_cursor ? ' or more' : ''} ${state}; ask for all tasks to see ${rows.length === 1 ? 'it' : 'them'}.`
}

function rowsWith (statuses: readonly TaskStatus[], output: Step['output']): readonly Row[] {
  const all = (Array.isArray(output?.tasks) ? output.tasks : []) as Row[]
  return statuses.length === 0 ? all : all.filter(({ status }) => (statuses as readonly string[]).includes(text(status)))
}

function inNumber (words: string, count: number): string {
  return count === 1 ? words : words.replace(/^is /, 'are ').replace(/^was /, 'were ').replace(/^waits /, 'wait ')
}

/** One task in a sentence or two: state, how far, why it waits, what came of it. */
function describeRow (row: Row, full: boolean): string {
  const id = plain(text(row.task_id), 60)
  const status = text(row.status)
  if (status === 'not_found') return `There is no task \`${id}\`.`
  const progress = row.progress as Row | null | undefined
  const error = row.error as Row | null | undefined
  const result = row.result as Row | null | undefined
  const more = [
    status === 'in_progress' && progress ? `${Number(progress.percent)} %, ${plain(text(progress.step))}` : '',
    (status === 'waiting' || status === 'queued') && text(row.waiting_for) !== '' ? `for ${plain(text(row.waiting_for))}` : '',
    status === 'failed' && error ? plain(text(error.message)) : '',
    status === 'cancelled' ? plain(text(row.cancel_reason)) : ''
  ].filter(Boolean).join('; ')
  const state = statusOf({ status: status as KnownTask['status'] })
  const line = `${bold(text(row.title) || id)} ${state}${more === '' ? '' : status === 'waiting' ? ` ${more}` : `: ${more}`}.`.replace(/\.\.$/, '.')
  if (!full) return line
  const approval = row.approval as Row | null | undefined
  return [
    line,
    status === 'awaiting_approval' && approval ? `To approve: ${plain(text(approval.summary), 500)}` : '',
    result ? plain(text(result.summary), 2_000) : '',
    result && text(result.commit) !== '' ? `Commit \`${plain(text(result.commit).slice(0, 12))}\`.` : ''
  ].filter(Boolean).join(' ')
}

function titleOf (id: string, known: readonly KnownTask[]): string {
  return known.find((task) => task.id === id)?.title ?? id
}

function bullets (lines: readonly string[]): string {
  return lines.length < 2 ? lines.join('') : lines.map((line) => `- ${line}`).join('\n')
}
