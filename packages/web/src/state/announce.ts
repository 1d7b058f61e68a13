import { texts } from '../texts.ts'
import type { Connection } from '../wire/follow.ts'
import type { ConversationState } from './conversation.ts'
import { taskTitle } from './task-view.ts'

/** What changed between two states that is worth hearing: ends and questions, never single words or percents. */
export function announceConversation (before: ConversationState, after: ConversationState): string | null {
  const said: string[] = []
  const last = after.messages.at(-1)
  if (last?.role === 'assistant' && last.status !== 'streaming') {
    const was = before.messages.find(({ id }) => id === last.id)
    if (!was || was.status === 'streaming') said.push(texts.announce.reply[last.status])
  }
  for (const task of after.tasks.values()) {
    const was = before.tasks.get(task.id)
    if (was === task || was?.status === task.status) continue
    const say = texts.announce.task[task.status]
    if (say) said.push(say(taskTitle(task)))
  }
  return said.length === 0 ? null : said.slice(0, 4).join(' ')
}

export function announceConnection (before: Connection, after: Connection): string | null {
  if (before.kind === 'live' && after.kind === 'reconnecting') return texts.announce.lost
  return before.kind === 'reconnecting' && after.kind === 'live' ? texts.announce.back : null
}
