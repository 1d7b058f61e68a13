import type { Approval } from '@cortex/contracts'
import { usePage } from '../app-context.ts'
import { nobodySignsIn } from '../state/conversation.ts'
import { texts } from '../texts.ts'
import { ShortTime } from '../ui/short-time.tsx'
import { showHidden } from '../ui/visible-text.ts'

export interface AskedByProps {
  approval: Approval
  /** The titles of those the person may read, by id. */
  conversations: ReadonlyMap<string, string>
}

/** Whose question this is: the task, who asked for it, when it came to this, and the conversation it came of. A part is named with its whole, above. */
export function AskedBy ({ approval, conversations }: AskedByProps) {
  const { go } = usePage()
  const { conversation_id: conversationId, task_id: taskId, task_title: title, part_of: whole, requested_by: asker, created_at: at } = approval
  const by = asker !== undefined && asker !== nobodySignsIn ? showHidden(asker) : null
  return (
    <div className='min-w-0 ps-7 text-sm text-muted'>
      {title !== undefined && !whole && <p dir='auto' className='text-page font-medium break-words text-text'>{showHidden(title)}</p>}
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
            <bdi>{showHidden(conversations.get(conversationId) ?? '') || texts.batch.openConversation}</bdi>
          </a>
        )}
      </p>
    </div>
  )
}
