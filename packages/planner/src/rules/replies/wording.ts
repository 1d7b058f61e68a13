import type { KnownTask } from '../conversation.ts'

const numbers = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten', 'Eleven', 'Twelve']

export function countOf (count: number, noun: string): string {
  return `${numbers[count] ?? count} ${noun}${count === 1 ? '' : 's'}`
}

/** In the middle of a sentence. */
export function inWords (count: number): string {
  return numbers[count]?.toLowerCase() ?? String(count)
}

/** Titles, errors and summaries come from people and workers: on one line, and nothing in them is Markdown. */
export function plain (text: string, longest = 300): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return (line.length > longest ? `${line.slice(0, longest - 1)}…` : line).replace(/[\\`*_[\]<>|#]/g, '\\$&')
}

export function bold (title: string): string {
  return `**${plain(title, 200)}**`
}

export function listOf (names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

export const statusWords: Readonly<Record<string, string>> = {
  queued: 'is queued',
  waiting: 'is waiting',
  in_progress: 'is in progress',
  awaiting_approval: 'waits for your approval',
  completed: 'is completed',
  failed: 'failed',
  cancelled: 'was cancelled',
  not_found: 'is not known'
}

export function statusOf (task: Pick<KnownTask, 'status'>): string {
  return statusWords[task.status ?? ''] ?? 'has an unknown status'
}
