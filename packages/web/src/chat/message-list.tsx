import type { Message } from '@cortex/contracts'
import { ArrowDown } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import type { PendingMessage } from '../state/page-state.ts'
import { shallowEqual } from '../state/store.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { EmptyChat } from './empty-chat.tsx'
import { MessageView, PendingMessageView } from './message.tsx'
import { useMessageSpan } from './use-message-span.ts'
import { useStickToEnd } from './use-stick-to-end.ts'

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

function Replaced ({ messages, wanted }: { messages: readonly Message[], wanted: string | null }) {
  const [open, setOpen] = useState(() => messages.some(({ id }) => id === wanted))
  return (
    <details open={open} className='text-sm text-muted' onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className='min-h-6 w-fit rounded-md py-0.5'>{texts.chat.replaced(messages.length)}</summary>
      {open && <div className='mt-2 flex flex-col gap-4 border-s-2 border-line ps-3'>{messages.map((message) => <MessageView key={message.id} message={message} found={message.id === wanted} />)}</div>}
    </details>
  )
}

function Messages ({ messages, pending }: { messages: readonly Message[], pending: readonly PendingMessage[] }) {
  const { go } = usePage()
  const wanted = usePageState(({ route }) => route.messageId)
  const { shown, earlier, later, showEarlier, showLater, showNewest } = useMessageSpan(messages, wanted)
  const { scroller, content, away, toEnd, toElement } = useStickToEnd(later === 0)
  const missing = wanted !== null && !messages.some(({ id }) => id === wanted)
  const first = shown[0]?.id
  const kept = useRef<{ id: string, top: number } | null>(null)
  const messageOf = (id: string) => content.current?.querySelector<HTMLElement>(`[data-message-id="${id}"]`) ?? null

  useLayoutEffect(() => {
    const message = wanted === null ? null : messageOf(wanted)
    if (!message) return
    toElement(message)
    message.focus({ preventScroll: true })
  // Once for each message that is looked for, not for each that comes.
  }, [wanted])
  useLayoutEffect(() => {
    // What was read stays where it was when earlier messages come above it.
    const message = kept.current && messageOf(kept.current.id)
    if (message && kept.current) scroller.current?.scrollBy({ top: message.getBoundingClientRect().top - kept.current.top })
    kept.current = null
  }, [first])

  function toNewest () {
    showNewest()
    go({ messageId: null }, 'replace')
    toEnd()
  }
  const sent = pending.at(-1)?.sentAt ?? ''
  const lastSent = useRef(sent)
  useEffect(() => {
    // Who sends wants to see the answer; a message that failed earlier and is the last again was not sent now.
    if (sent <= lastSent.current) return
    lastSent.current = sent
    toNewest()
  })
  function keepPlace () {
    const top = first === undefined ? undefined : messageOf(first)?.getBoundingClientRect().top
    if (first !== undefined && top !== undefined) kept.current = { id: first, top }
    showEarlier()
  }
  return (
    <div className='relative min-h-0 flex-1'>
      <div ref={scroller} tabIndex={0} role='log' aria-live='off' aria-label={texts.chat.label} className='h-full overflow-y-auto overscroll-contain px-4 outline-offset-[-2px]'>
        <div ref={content} className={`flex flex-col gap-4 pt-4 ${later > 0 ? 'pb-14' : 'pb-4'}`}>
          {missing && <p role='status' className='text-sm text-muted'>{texts.chat.missingMessage}</p>}
          {earlier > 0 && <Button onClick={keepPlace}>{texts.chat.earlier(earlier)}</Button>}
          {runsOf(shown).map((run) => run.superseded
            ? <Replaced key={run.messages[0]?.id} messages={run.messages} wanted={wanted} />
            : run.messages.map((message) => <MessageView key={message.client_id ?? message.id} message={message} found={message.id === wanted} />))}
          {later > 0 && <Button onClick={showLater}>{texts.chat.later(later)}</Button>}
          {pending.map((message) => <PendingMessageView key={message.clientId} message={message} />)}
        </div>
      </div>
      {(away || later > 0) && <Button icon={ArrowDown} onClick={toNewest} className='absolute bottom-3 left-1/2 -translate-x-1/2 shadow-lg'>{texts.chat.toLatest}</Button>}
    </div>
  )
}
