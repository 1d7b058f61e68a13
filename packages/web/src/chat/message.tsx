import type { ContentBlock, Message, ToolCallBlock } from '@cortex/contracts'
import { Brain, Pencil } from 'lucide-react'
import { memo, useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { canAsk } from '../sign-in/may.ts'
import { isReplying, type PendingMessage } from '../state/page-state.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { LogoMark } from '../ui/logo-mark.tsx'
import { ShortTime } from '../ui/short-time.tsx'
import { Markdown } from './markdown.tsx'
import { MessageEditor } from './message-editor.tsx'
import { ReplyEnd } from './reply-end.tsx'
import { ToolGroup } from './tool-group.tsx'

export interface MessageViewProps {
  message: Message
  /** It is the one that was looked for. */
  found?: boolean
}

export const MessageView = memo(function MessageView ({ message, found = false }: MessageViewProps) {
  return message.role === 'user'
    ? <OwnMessage message={message} found={found} />
    : <Reply message={message} found={found} />
})

/** What brings a person to a message, and shows which it is. A press on any other puts the focus on the log, as always. */
function placeOf ({ id }: Message, found: boolean) {
  return { 'data-message-id': id, tabIndex: found ? -1 : undefined, 'aria-current': found ? 'location' : undefined } as const
}

const foundClass = 'aria-[current]:rounded-xl aria-[current]:bg-accent-soft/40 aria-[current]:ring-1 aria-[current]:ring-accent aria-[current]:ring-offset-6 aria-[current]:ring-offset-surface'

function textOf ({ content }: Message): string {
  return content.map((block) => block.type === 'text' ? block.text : '').join('')
}

function OwnMessage ({ message, found }: Required<MessageViewProps>) {
  const { person } = usePage()
  const [editing, setEditing] = useState<'begun' | 'kept' | null>(() => !message.superseded && person.draft(message.id) !== '' ? 'kept' : null)
  const [left, setLeft] = useState(0)
  const live = usePageState((state) => canAsk(state) && !isReplying(state))
  const text = textOf(message)
  if (editing) return <MessageEditor id={message.id} text={text} autoFocus={editing === 'begun'} onClose={() => setEditing(null)} onSent={setLeft} />
  return (
    <article aria-label={texts.chat.you} {...placeOf(message, found)} className={`group flex scroll-mt-6 flex-col items-end gap-1 ps-8 ${foundClass}`}>
      <div className='max-w-full rounded-2xl rounded-ee-md bg-accent-soft px-3.5 py-2.5'><Markdown text={text} /></div>
      <span className='flex items-center gap-1 px-1 text-xs text-muted'>
        {!message.superseded && live && <EditButton onClick={() => setEditing('begun')} />}
        <ShortTime at={message.created_at} />
      </span>
      {left > 0 && <p role='status' className='px-1 text-sm text-muted'>{texts.chat.tasksLeft(left)}</p>}
    </article>
  )
}

/** In sight when somebody points at the message or has come to it by keyboard, and always where nothing can point. */
function EditButton ({ onClick }: { onClick: () => void }) {
  return (
    <button type='button' aria-label={texts.chat.edit} title={texts.chat.edit} onClick={onClick} className='grid size-6 place-items-center rounded-md opacity-0 group-hover:opacity-100 hover:bg-raised hover:text-text focus-visible:opacity-100 max-lg:-my-3 max-lg:size-11 pointer-coarse:opacity-100'>
      <Pencil size={13} aria-hidden />
    </button>
  )
}

export function PendingMessageView ({ message: { clientId, text, sentAt, error } }: { message: PendingMessage }) {
  const { commands } = usePage()
  return (
    <article aria-label={texts.chat.you} className='flex flex-col items-end gap-1 ps-8'>
      <div className='max-w-full rounded-2xl rounded-ee-md bg-accent-soft px-3.5 py-2.5'><Markdown text={text} /></div>
      {error === null
        ? <span className='px-1 text-xs text-muted'>{texts.chat.sending} <ShortTime at={sentAt} /></span>
        : (
          <div className='flex flex-wrap items-center justify-end gap-x-2 [&>p]:mt-0'>
            <Fault text={`${texts.chat.notSent} ${error}`.trim()} />
            <Button tone='ghost' onClick={() => { void commands.sendAgain(clientId) }}>{texts.chat.tryAgain}</Button>
            <Button tone='ghost' onClick={() => commands.discard(clientId)}>{texts.chat.discard}</Button>
          </div>
          )}
    </article>
  )
}

function Reply ({ message, found }: Required<MessageViewProps>) {
  const name = usePageState(({ planner }) => texts.planner.name(planner))
  const streaming = message.status === 'streaming'
  return (
    <article aria-label={name} aria-busy={streaming} {...placeOf(message, found)} className={`flex min-w-0 scroll-mt-6 flex-col gap-2.5 ${foundClass}`}>
      <header className='flex items-center gap-2 text-sm'>
        <LogoMark size={20} />
        <span className='font-semibold'>{name}</span>
        <ShortTime at={message.created_at} className='text-muted' />
        {message.model !== undefined && <span className='truncate text-xs text-muted'>{texts.chat.answeredBy(message.model)}</span>}
        {message.kind === 'summary' && <span className='rounded-full border border-line px-2 text-xs text-muted'>{texts.chat.summary}</span>}
      </header>
      {groupBlocks(message.content).map((group, index, all) => <Group key={index} group={group} streaming={streaming && index === all.length - 1} />)}
      {streaming && message.error !== null && <p role='status' className='text-sm text-asking'>{message.error.message} {texts.chat.askedAgain}</p>}
      {streaming && message.content.at(-1)?.type !== 'tool_call' && <Writing />}
      {!streaming && <ReplyEnd message={message} />}
    </article>
  )
}

function Writing () {
  return (
    <span className='flex gap-1 py-1' role='img' aria-label={texts.chat.writing}>
      {[0, 1, 2].map((dot) => <span key={dot} className='size-1.5 animate-pulse rounded-full bg-muted' style={{ animationDelay: `${dot * 160}ms` }} />)}
    </span>
  )
}

type BlockGroup = Exclude<ContentBlock, ToolCallBlock> | { readonly type: 'calls', readonly calls: readonly ToolCallBlock[] }

/** Calls that stand next to each other ran in parallel and are shown as one. */
function groupBlocks (blocks: readonly ContentBlock[]): BlockGroup[] {
  const groups: BlockGroup[] = []
  for (const block of blocks) {
    const last = groups.at(-1)
    if (block.type !== 'tool_call') groups.push(block)
    else if (last?.type === 'calls') groups[groups.length - 1] = { type: 'calls', calls: [...last.calls, block] }
    else groups.push({ type: 'calls', calls: [block] })
  }
  return groups
}

function Group ({ group, streaming }: { group: BlockGroup, streaming: boolean }) {
  if (group.type === 'calls') return <ToolGroup calls={group.calls} />
  if (group.text.trim() === '') return null
  return group.type === 'reasoning' ? <Reasoning text={group.text} streaming={streaming} /> : <Markdown text={group.text} />
}

function Reasoning ({ text, streaming }: { text: string, streaming: boolean }) {
  const [open, setOpen] = useState(false)
  return (
    <details className='text-sm text-muted' onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className='flex w-fit items-center gap-2 rounded-md py-0.5'>
        <Brain size={15} aria-hidden />
        {streaming ? texts.chat.thinking : texts.chat.thought}
      </summary>
      {open && <div className='mt-1 border-s-2 border-line ps-3'><Markdown text={text} /></div>}
    </details>
  )
}
