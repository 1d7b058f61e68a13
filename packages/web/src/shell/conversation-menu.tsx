import { Braces, Ellipsis, FileText, Link, Lock, Pencil, Trash2, Users } from 'lucide-react'
import { useState } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { nobodySignsIn } from '../state/conversation.ts'
import { canAsk } from '../sign-in/may.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { copyText } from '../ui/copy-text.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Fault } from '../ui/fault.tsx'
import { excessOf, LengthNote } from '../ui/length-note.tsx'
import { Menu, type MenuItem } from '../ui/menu.tsx'
import { useTry } from '../ui/use-try.ts'
import { showHidden } from '../ui/visible-text.ts'

const maxTitle = 200

export interface ConversationMenuProps {
  id: string
  title: string
  owner: string
  shared: boolean
  /** Called when it has another name, or is gone. */
  onChange?: () => void
  /** Among other conversations the button says whose it is. */
  named?: boolean
  /** Something to know of it, below what one can do with it. */
  note?: string | null
}

/** What one can do with a whole conversation. */
export function ConversationMenu ({ id, title, owner, shared, onChange, named = false, note = null }: ConversationMenuProps) {
  const { commands, store } = usePage()
  const live = usePageState(canAsk)
  const [cancels, setCancels] = useState(false)
  const sharing = useTry()
  const [asking, setAsking] = useState<'rename' | 'remove' | null>(null)
  const name = showHidden(title) || texts.chat.new
  const words = texts.conversationMenu
  const [notCopied, setNotCopied] = useState<string | null>(null)
  async function copyLink () {
    const link = new URL(`/c/${id}`, location.href).href
    setNotCopied(null)
    if (await copyText(link)) store.set({ announcement: words.linkCopied })
    else setNotCopied(words.notCopied(link))
  }
  function share () {
    sharing.run(async () => {
      await commands.changeConversation(id, { shared: !shared })
      if (!shared) await copyLink()
      onChange?.()
    })
  }
  const items: readonly MenuItem[] = [
    ...(live ? [{ label: words.rename, icon: Pencil, run: () => setAsking('rename') }] : []),
    { label: words.copyLink, icon: Link, run: () => { void copyLink() } },
    ...(live && owner !== nobodySignsIn ? [{ label: shared ? words.unshare : words.share, icon: shared ? Lock : Users, run: share }] : []),
    { label: words.exportMarkdown, icon: FileText, href: `/v1/conversations/${id}/export?format=markdown` },
    { label: words.exportJson, icon: Braces, href: `/v1/conversations/${id}/export?format=json` },
    ...(live ? [{ label: words.remove, icon: Trash2, danger: true, run: () => setAsking('remove') }] : [])
  ]
  const close = () => setAsking(null)
  return (
    <>
      <Menu label={named ? words.labelOf(name) : words.label} icon={Ellipsis} items={items} note={note} />
      <MenuFault text={sharing.error ?? notCopied} onClose={() => { sharing.clear(); setNotCopied(null) }} />
      {asking === 'rename' && <Rename title={title} onClose={close} run={async (text) => { await commands.changeConversation(id, { title: text }); onChange?.() }} />}
      {asking === 'remove' && (
        <Confirm
          title={words.removeTitle(name)}
          text={words.removeText}
          yes={words.removeYes}
          no={words.keep}
          run={async () => { await commands.removeConversation(id, cancels); onChange?.() }}
          onClose={close}
        >
          <label className='mt-3 flex min-h-7 items-center gap-2 text-sm'>
            <input type='checkbox' checked={cancels} onChange={(event) => setCancels(event.target.checked)} className='size-4 accent-accent' />
            {words.removeTasks}
          </label>
        </Confirm>
      )}
    </>
  )
}

/** A menu has gone when its command fails, so the reason stands by itself. */
function MenuFault ({ text, onClose }: { text: string | null, onClose: () => void }) {
  if (text === null) return null
  return (
    <Dialog label={texts.conversationMenu.label} onClose={onClose} className='max-w-md'>
      <div className='flex flex-col gap-3 p-5'>
        <Fault text={text} />
        <Button className='self-end' onClick={onClose}>{texts.approval.back}</Button>
      </div>
    </Dialog>
  )
}

function Rename ({ title, run, onClose }: { title: string, run: (title: string) => Promise<void>, onClose: () => void }) {
  const [text, setText] = useState(title)
  const { busy, error, run: attempt } = useTry()
  const words = texts.conversationMenu
  const wanted = text.trim()
  const usable = wanted !== '' && excessOf(text, maxTitle) === 0
  return (
    <Dialog label={words.renameTitle} onClose={onClose} className='max-w-md'>
      <form className='flex flex-col gap-3 p-5' onSubmit={(event) => { event.preventDefault(); if (usable) attempt(async () => { await run(wanted); onClose() }) }}>
        <h2 className='text-base font-semibold'>{words.renameTitle}</h2>
        <label className='flex flex-col gap-1 text-sm font-medium'>
          {words.name}
          <input type='text' dir='auto' autoFocus value={text} autoComplete='off' onChange={(event) => setText(event.target.value)} className='h-10 rounded-lg border border-edge bg-surface px-2.5 font-normal max-lg:text-[1rem]' />
        </label>
        <LengthNote text={text} most={maxTitle} />
        <Fault text={error} />
        <div className='flex flex-wrap justify-end gap-2'>
          <Button onClick={onClose}>{texts.approval.back}</Button>
          <Button type='submit' tone='primary' disabled={busy || !usable}>{words.save}</Button>
        </div>
      </form>
    </Dialog>
  )
}
