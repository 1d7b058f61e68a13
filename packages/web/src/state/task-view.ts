import type { Approval, Attempt, Category, Task, TaskStatus } from '@cortex/contracts'
import { texts } from '../texts.ts'
import { showHidden } from '../ui/visible-text.ts'

/** What wants a person first. */
export const statusOrder = ['awaiting_approval', 'failed', 'in_progress', 'waiting', 'queued', 'completed', 'cancelled'] as const satisfies readonly TaskStatus[]

const ended: ReadonlySet<TaskStatus> = new Set(['completed', 'failed', 'cancelled'])

export function hasEnded (task: Task): boolean {
  return ended.has(task.status)
}

/** As it may be shown: a title is written by whoever asked. */
export function taskTitle ({ payload: { title } }: Task): string {
  return showHidden(title)
}

/** The tasks of the newest request, and whatever older ones still move. */
export function latestOf (tasks: readonly Task[]): readonly Task[] {
  const newest = tasks.at(-1)
  return tasks.filter((task) => task.batch_id === newest?.batch_id || !hasEnded(task))
}

/** What a person can tell tasks apart by at a glance; the whole id stands in the drawer. */
export function shortId (id: string): string {
  return id.slice(-5)
}

/** A master of one category has the category's name; others have what their own name says. */
export function masterName (assignedTo: string): string {
  const name = assignedTo.replace(/-master$/, '')
  const { categories } = texts.screens
  if (Object.hasOwn(categories, name)) return categories[name as Category]
  const words = name.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The time a task was worked on or waited for a person, in milliseconds; null before it was started. */
export function elapsed (task: Task, now: number): number | null {
  const start = task.metadata.started_at
  if (start === undefined) return null
  const end = hasEnded(task) ? Date.parse(task.metadata.completed_at ?? task.metadata.updated_at) : now
  return Math.max(0, end - Date.parse(start))
}

/** The open lease of a task, if a worker is on it. */
export function currentAttempt (task: Task): Attempt | undefined {
  const last = task.attempts.at(-1)
  return last && last.ended_at === null ? last : undefined
}

/** A guess from the pace so far, in milliseconds; null where a guess would be worth nothing. */
export function remaining (task: Task, now: number): number | null {
  const percent = task.progress?.percent ?? 0
  const attempt = currentAttempt(task)
  if (task.status !== 'in_progress' || !attempt || percent < 10 || percent >= 100) return null
  const worked = now - Date.parse(attempt.started_at)
  return worked < 5_000 ? null : worked * (100 - percent) / percent
}

/** 39_000 → 0:39, 3_723_000 → 1:02:03 */
export function clock (milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000)
  const two = (value: number) => String(value).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** The question that is open for a task. */
export function pendingApproval (approvals: Iterable<Approval>, taskId: string): Approval | undefined {
  for (const approval of approvals) if (approval.task_id === taskId && approval.status === 'pending') return approval
}

/** The same, with the parts of one task after one another, where the first of them stood. */
export function partsTogether (approvals: readonly Approval[]): Approval[] {
  const wholes = new Map<string, Approval[]>()
  for (const approval of approvals) {
    const whole = approval.part_of?.task_id ?? approval.task_id
    wholes.set(whole, [...wholes.get(whole) ?? [], approval])
  }
  return [...wholes.values()].flat()
}

export interface DiffCount { readonly added: number, readonly removed: number }

/** Counts the lines a unified diff adds and removes; its two file headers are neither. */
export function countDiff (diff: string): DiffCount {
  let [added, removed] = [0, 0]
  for (const { kind } of diffLines(diff)) {
    if (kind === 'added') added++
    if (kind === 'removed') removed++
  }
  return { added, removed }
}

export interface DiffLine { readonly kind: 'added' | 'removed' | 'header' | 'context', readonly text: string }

/**
 * What git writes before a diff and its caption says already. Another path than the caption's, what a file may do, that it is binary or was moved
 * is said nowhere else.
 */
export function isRepeated ({ kind, text }: DiffLine, target: string): boolean {
  if (kind !== 'header') return false
  if (/^index [0-9a-f]+\.\.[0-9a-f]+(?: 100644)?$/.test(text) || text === 'new file mode 100644') return true
  return [`diff --git a/${target} b/${target}`, `--- a/${target}`, `+++ b/${target}`, '--- /dev/null', '+++ /dev/null'].includes(text)
}

/** Reads a unified diff by line. A removed line `-- x` reads `--- x`, so headers are known by place: before the first hunk of a file. */
export function diffLines (diff: string): DiffLine[] {
  let [oldLeft, newLeft] = [0, 0]
  return diff.replace(/\n$/, '').split('\n').map((text): DiffLine => {
    if (oldLeft <= 0 && newLeft <= 0) {
      const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(text)
      if (hunk) [oldLeft, newLeft] = [Number(hunk[1] ?? 1), Number(hunk[2] ?? 1)]
      return { kind: 'header', text }
    }
    const kind = text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : text.startsWith('\\') ? 'header' : 'context'
    if (kind === 'added' || kind === 'context') newLeft--
    if (kind === 'removed' || kind === 'context') oldLeft--
    return { kind, text }
  })
}
