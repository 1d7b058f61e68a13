import type { Conversation, ConversationList } from '@cortex/contracts'
import { MessageSquare, Users } from 'lucide-react'
import { useState } from 'react'
import { usePage } from '../app-context.ts'
import { ConversationMenu } from '../shell/conversation-menu.tsx'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { ShortTime } from '../ui/short-time.tsx'
import { excessOf, LengthNote } from '../ui/length-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useLoad } from '../ui/use-load.ts'
import { showHidden } from '../ui/visible-text.ts'
import { fieldClass, longestSearch, Screen } from './screen.tsx'
import { SearchResults } from './search-results.tsx'

const pageSize = 50
const mostShown = 200

/** Every conversation, and a search over what was said, asked for and found out. */
export function HistoryScreen () {
  const [text, setText] = useState('')
  const query = text.trim()
  return (
    <Screen text={texts.screens.historyText}>
      <input type='search' dir='auto' value={text} autoComplete='off' placeholder={texts.screens.searchHistory} aria-label={texts.screens.searchHistory} onChange={(event) => setText(event.target.value)} className={fieldClass} />
      <LengthNote text={text} most={longestSearch} />
      {query === '' ? <Conversations /> : excessOf(query, longestSearch) === 0 && <SearchResults query={query} />}
    </Screen>
  )
}

function Conversations () {
  const [limit, setLimit] = useState(pageSize)
  const { value, error, reload } = useLoad<ConversationList>(`/v1/conversations?limit=${limit}`)
  if (!value) return error === null ? <Skeleton /> : <Fault text={error} />
  return (
    <>
      <Fault text={error} />
      {value.conversations.length === 0 && <p role='status' className='text-muted'>{texts.screens.noHistory}</p>}
      {groupsOf(value.conversations).map(({ title, conversations }) => (
        <section key={title} aria-label={title} className='flex flex-col gap-1.5'>
          <h2 className='text-sm font-medium text-muted'>{title}</h2>
          <ul className='overflow-hidden rounded-xl border border-line bg-surface'>
            {conversations.map((conversation) => <Row key={conversation.id} conversation={conversation} onChange={reload} />)}
          </ul>
        </section>
      ))}
      {value.next_cursor && limit < mostShown && <Button className='self-center' onClick={() => setLimit(Math.min(mostShown, limit + pageSize))}>{texts.screens.more}</Button>}
    </>
  )
}

function Row ({ conversation: { id, title, owner, shared, updated_at: updatedAt }, onChange }: { conversation: Conversation, onChange: () => void }) {
  const { go } = usePage()
  return (
    <li className='flex items-center border-t border-line pe-1 first:border-t-0 hover:bg-raised'>
      <button type='button' onClick={() => go({ screen: 'chat', conversationId: id, taskId: null })} className='flex min-h-11 min-w-0 flex-1 items-center gap-3 px-3 text-start outline-offset-[-2px]'>
        <MessageSquare size={15} className='shrink-0 text-muted' aria-hidden />
        <span dir='auto' className='min-w-0 flex-1 truncate text-page font-medium'>{showHidden(title) || texts.chat.new}</span>
        <ShortTime at={updatedAt} className='shrink-0 text-sm text-muted' />
      </button>
      {shared && <Users size={15} className='shrink-0 text-muted' role='img' aria-label={texts.conversationMenu.shared} />}
      <ConversationMenu named id={id} title={title} owner={owner} shared={shared} onChange={onChange} />
    </li>
  )
}

interface Group { readonly title: string, readonly conversations: readonly Conversation[] }

const dayMs = 86_400_000

/** By the day they were last used. */
function groupsOf (conversations: readonly Conversation[]): Group[] {
  const { today, yesterday, week, earlier } = texts.screens.days
  const midnight = new Date().setHours(0, 0, 0, 0)
  const groups = new Map<string, Conversation[]>()
  for (const conversation of conversations) {
    const at = Date.parse(conversation.updated_at)
    const title = at >= midnight ? today : at >= midnight - dayMs ? yesterday : at >= midnight - 6 * dayMs ? week : earlier
    const group = groups.get(title)
    if (group) group.push(conversation)
    else groups.set(title, [conversation])
  }
  return [...groups].map(([title, conversations]) => ({ title, conversations }))
}
