import { ShieldQuestionMark } from 'lucide-react'
import { Fragment } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { needCountHere } from '../state/page-state.ts'
import { texts } from '../texts.ts'
import { Skeleton } from '../ui/skeleton.tsx'
import { Composer } from './composer.tsx'
import { MessageList } from './message-list.tsx'

export function ChatPane () {
  const conversationId = usePageState(({ route }) => route.conversationId)
  // What is just being sent is shown at once; what an earlier page left may have arrived, which only the conversation tells.
  const loading = usePageState(({ conversation, route: { conversationId: id }, pending }) => id !== null && !conversation && !pending.some((message) => message.conversationId === id && message.error === null))
  return (
    <section aria-label={texts.chat.label} className='flex h-full min-h-0 flex-col bg-surface'>
      <Fragment key={conversationId ?? 'new'}>
        {loading ? <Skeleton className='flex-1 p-4' /> : <MessageList />}
        <NeedYou />
        <Composer />
      </Fragment>
    </section>
  )
}

/** On a phone the board is a tab away, so the chat says that somebody waits there. */
function NeedYou () {
  const { store } = usePage()
  const count = usePageState(needCountHere)
  if (count === 0) return null
  return (
    <button type='button' onClick={() => store.set({ tab: 'tasks' })} className='mx-3 mb-2 flex min-h-11 items-center gap-3 rounded-xl border border-asking-edge bg-asking-soft px-3.5 text-start font-medium lg:hidden'>
      <ShieldQuestionMark size={17} className='text-asking' aria-hidden />
      <span className='flex-1'>{texts.chat.needYou(count)}</span>
      <span className='font-normal text-muted'>{texts.chat.review}</span>
    </button>
  )
}
