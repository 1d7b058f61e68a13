import type { ConversationList } from '@cortex/contracts'
import { MessageSquare } from 'lucide-react'
import { useState } from 'react'
import { usePage } from '../app-context.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { ShortTime } from '../ui/short-time.tsx'
import { useLoad } from '../ui/use-load.ts'
import { fieldClass, Screen } from './screen.tsx'

const pageSize = 50
const mostShown = 200

export function HistoryScreen () {
  const { go } = usePage()
  const [text, setText] = useState('')
  const [limit, setLimit] = useState(pageSize)
  const { value, error } = useLoad<ConversationList>(`/v1/conversations?${new URLSearchParams({ limit: String(limit), ...(text.trim() && { text: text.trim() }) })}`)
  return (
    <Screen text={texts.screens.historyText}>
      <input type='search' value={text} maxLength={200} placeholder={texts.screens.searchHistory} aria-label={texts.screens.searchHistory} onChange={(event) => setText(event.target.value)} className={fieldClass} />
      <Fault text={error} />
      {value?.conversations.length === 0 && <p className='text-muted'>{text ? texts.screens.noneFound : texts.screens.noHistory}</p>}
      {value && value.conversations.length > 0 && (
        <ul className='overflow-hidden rounded-xl border border-line bg-surface'>
          {value.conversations.map(({ id, title, updated_at: updatedAt }) => (
            <li key={id} className='border-t border-line first:border-t-0'>
              <button type='button' onClick={() => go({ screen: 'chat', conversationId: id, taskId: null })} className='flex min-h-11 w-full items-center gap-3 px-3 text-left outline-offset-[-2px] hover:bg-raised'>
                <MessageSquare size={15} className='shrink-0 text-muted' aria-hidden />
                <span className='min-w-0 flex-1 truncate font-medium'>{title || texts.chat.new}</span>
                <ShortTime at={updatedAt} className='shrink-0 text-sm text-muted' />
              </button>
            </li>
          ))}
        </ul>
      )}
      {value?.next_cursor && limit < mostShown && <Button className='self-center' onClick={() => setLimit(Math.min(mostShown, limit + pageSize))}>{texts.screens.more}</Button>}
    </Screen>
  )
}
