import type { Approval } from '@cortex/contracts'
import { usePage } from '../app-context.ts'
import { nobodySignsIn } from '../state/conversation.ts'
import { taskTitle } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { ShortTime } from '../ui/short-time.tsx'
import { showHidden } from '../ui/visible-text.ts'
import type { Behind } from './use-behind.ts'

/** Whose question this is: the task, who asked for it, when it came to this, and the conversation it came of. */
export function AskedBy ({ approval, behind }: { approval: Approval, behind: Behind }) {
  const { go } = usePage()
  const task = behind.tasks.get(approval.task_id)
  const { conversation_id: conversationId, task_id: taskId, created_at: at } = approval
  const by = task && task.requested_by !== nobodySignsIn ? showHidden(task.requested_by) : null
  return (
    <div className='min-w-0 ps-7 text-sm text-muted'>
      {task && <p dir='auto' className='text-page font-medium break-words text-text'>{taskTitle(task)}</p>}
      <p className='flex flex-wrap gap-x-2'>
        <span>{by === null ? texts.batch.asked : texts.batch.askedBy(by)} <ShortTime at={at} /></span>
        {conversationId !== null && (
          <a
            href={`/c/${conversationId}?task=${taskId}`}
            className='min-w-0 truncate underline underline-offset-2'
            onClick={(event) => {
              // Another tab, another window or a download is the browser's to open.
              if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
              event.preventDefault()
              go({ screen: 'chat', conversationId, taskId })
            }}
          >
            <bdi>{showHidden(behind.titles.get(conversationId) ?? '') || texts.batch.openConversation}</bdi>
          </a>
        )}
      </p>
    </div>
  )
}
