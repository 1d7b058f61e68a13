import type { Task, WaitingApproval } from '@cortex/contracts'
import { texts } from '../texts.ts'
import { showHidden } from '../ui/visible-text.ts'
import type { ConversationState } from './conversation.ts'
import { hasEnded, taskTitle } from './task-view.ts'

/** Something worth telling a person who looks elsewhere. */
export interface Notice {
  /** Another notice with the same tag takes its place. */
  readonly tag: string
  readonly title: string
  readonly body: string
  /** Where it came about; null for a task of none. */
  readonly conversationId: string | null
  /** The task to open; null for a whole batch. */
  readonly taskId: string | null
}

/** What came about between two states: tasks that ask, and batches whose last task has ended. */
export function noticesBetween (before: ConversationState, after: ConversationState): Notice[] {
  if (before.tasks === after.tasks && before.approvals === after.approvals) return []
  const notices: Notice[] = partsAsking(before, after)
  const moved = new Set<string>()
  for (const task of after.tasks.values()) {
    const was = before.tasks.get(task.id)
    if (was?.status === task.status) continue
    if (task.status === 'awaiting_approval') notices.push({ tag: task.id, title: texts.notifications.needs(taskTitle(task)), body: after.title, conversationId: after.id, taskId: task.id })
    if (hasEnded(task) && task.batch_id !== null) moved.add(task.batch_id)
  }
  for (const batchId of moved) {
    const tasks = [...after.tasks.values()].filter(({ batch_id: id }) => id === batchId)
    if (tasks.every(hasEnded)) notices.push(endOf(batchId, tasks, after))
  }
  return notices
}

/** Parts of a split task are in no list: what they ask is known from the question. */
function partsAsking (before: ConversationState, after: ConversationState): Notice[] {
  return [...after.approvals.values()]
    .filter(({ id, status, task_id: taskId }) => status === 'pending' && !before.approvals.has(id) && !after.tasks.has(taskId))
    .map(({ summary, task_id: taskId, task_title: title = summary }) => ({ tag: taskId, title: texts.notifications.needs(showHidden(title)), body: after.title, conversationId: after.id, taskId }))
}

/** What has begun to wait elsewhere than in the open conversation, which tells of its own. */
export function noticesOfWaiting (before: readonly WaitingApproval[], after: readonly WaitingApproval[], open: string | undefined): Notice[] {
  const known = new Set(before.map(({ id }) => id))
  return after.filter(({ id, conversation_id: conversationId }) => !known.has(id) && (open === undefined || conversationId !== open))
    .map(({ task_id: taskId, title, conversation_id: conversationId }) => ({ tag: taskId, title: texts.notifications.needs(showHidden(title)), body: '', conversationId, taskId }))
}

function endOf (batchId: string, tasks: readonly Task[], { id: conversationId, title }: ConversationState): Notice {
  const count = (wanted: Task['status']) => tasks.filter(({ status }) => status === wanted).length
  const outcome = texts.notifications.outcome(count('completed'), count('failed'), count('cancelled'))
  return { tag: batchId, title: texts.notifications.ended(tasks.length), body: title === '' ? outcome : `${title}: ${outcome}`, conversationId, taskId: null }
}

/** Whoever looks at the page needs no notice of what is on it. */
export function isBehind ({ document }: Window): boolean {
  return document.hidden || !document.hasFocus()
}

const shownNotices = new Set<Notification>()

/** Takes away what is shown: titles of one person's tasks are not for the next. */
export function closeNotices (): void {
  for (const shown of shownNotices) shown.close()
  shownNotices.clear()
}

/** Shows a notice; a press on it brings the page to the front and goes there. */
export function showNotice (window: Window, { tag, title, body }: Notice, open: () => void): void {
  if (!('Notification' in window) || Notification.permission !== 'granted') return
  try {
    const shown = new Notification(title, { body, tag, icon: '/icon.svg' })
    shownNotices.add(shown)
    shown.onclose = () => shownNotices.delete(shown)
    shown.onclick = () => {
      window.focus()
      open()
      shown.close()
    }
  } catch {
    // Some phones let only service workers notify; the title of the tab still counts what waits.
  }
}
