import type { Message } from '@cortex/contracts'
import { ArrowDown } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { usePageState } from '../app-context.ts'
import type { PendingMessage } from '../state/page-state.ts'
import { shallowEqual } from '../state/store.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { EmptyChat } from './empty-chat.tsx'
import { MessageView, PendingMessageView } from './message.tsx'
import { useStickToEnd } from './use-stick-to-end.ts'

/** Messages shown at first; a conversation may hold thousands. */
const firstShown = 60
const shownMore = 200

export function MessageList () {
  const messages = usePageState(({ conversation }) => conversation?.messages ?? [], shallowEqual)
  const pending = usePageState(({ pending, route }) => pending.filter(({ conversationId }) => conversationId === route.conversationId), shallowEqual)
  return messages.length === 0 && pending.length === 0 ? <EmptyChat /> : <Messages messages={messages} pending={pending} />
}

interface Run { readonly superseded: boolean, readonly messages: Message[] }

/** What was replaced stands together, folded away from what counts. */
function runsOf (messages: readonly Message[]): Run[] {
  const runs: Run[] = []
  for (const message of messages) {
    const superseded = message.superseded ?? false
    const last = runs.at(-1)
    if (last?.superseded === superseded) last.messages.push(message)
    else runs.push({ superseded, messages: [message] })
  }
  return runs
}

function Replaced ({ messages }: { messages: readonly Message[] }) {
  const [open, setOpen] = useState(false)
  return (
    <details className='text-sm text-muted' onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className='w-fit rounded-md py-0.5'>{texts.chat.replaced(messages.length)}</summary>
      {open && <div className='mt-2 flex flex-col gap-4 border-s-2 border-line ps-3'>{messages.map((message) => <MessageView key={message.id} message={message} />)}</div>}
    </details>
  )
}

function Messages ({ messages, pending }: { messages: readonly Message[], pending: readonly PendingMessage[] }) {
  const [limit, setLimit] = useState(firstShown)
  const { scroller, content, away, toEnd } = useStickToEnd()
  const lastSent = useRef('')
  const sent = pending.at(-1)?.sentAt ?? ''
  useEffect(() => {
    // Who sends wants to see the answer; a message that failed earlier and is the last again was not sent now.
    if (sent <= lastSent.current) return
    lastSent.current = sent
    toEnd()
  })
  const hidden = Math.max(0, messages.length - limit)
  return (
    <div className='relative min-h-0 flex-1'>
      <div ref={scroller} tabIndex={0} role='log' aria-live='off' aria-label={texts.chat.label} className='h-full overflow-y-auto overscroll-contain px-4 outline-offset-[-2px]'>
        <div ref={content} className='flex flex-col gap-4 py-4'>
          {hidden > 0 && <Button onClick={() => setLimit(limit + shownMore)}>{texts.chat.earlier(hidden)}</Button>}
          {runsOf(messages.slice(hidden)).map((run) => run.superseded
            ? <Replaced key={run.messages[0]?.id} messages={run.messages} />
            : run.messages.map((message) => <MessageView key={message.client_id ?? message.id} message={message} />))}
          {pending.map((message) => <PendingMessageView key={message.clientId} message={message} />)}
        </div>
      </div>
      {away && <Button icon={ArrowDown} onClick={toEnd} className='absolute bottom-3 left-1/2 -translate-x-1/2 shadow-lg'>{texts.chat.toLatest}</Button>}
    </div>
  )
}
