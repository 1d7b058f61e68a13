import { useState, type KeyboardEvent } from 'react'
import { usePage } from '../app-context.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { excessOf, LengthNote } from '../ui/length-note.tsx'
import { useDesktop } from '../ui/use-media.ts'
import { useTry } from '../ui/use-try.ts'

const maxChars = 20_000

export interface MessageEditorProps {
  id: string
  text: string
  /** It was just asked for, and not left by an earlier page. */
  autoFocus: boolean
  onClose: () => void
  /** Told how many tasks go on that came of what was replaced. */
  onSent: (tasksLeft: number) => void
}

/** A message of ours in other words: it and what followed give way to it. */
export function MessageEditor ({ id, text, autoFocus, onClose, onSent }: MessageEditorProps) {
  const { commands, person, store } = usePage()
  const [draft, setDraft] = useState(() => person.draft(id) || text)
  const desktop = useDesktop()
  const { busy, error, run } = useTry()
  const wanted = draft.trim()
  const excess = excessOf(draft, maxChars)

  function write (value: string) {
    setDraft(value)
    person.keepDraft(id, value === text ? '' : value)
  }
  function close () {
    person.keepDraft(id, '')
    onClose()
  }
  function send () {
    if (busy || wanted === '') return
    if (excess > 0) return store.set({ announcement: texts.length.tooLong(excess, maxChars) })
    run(async () => {
      const tasks = await commands.editMessage(id, wanted)
      onSent(tasks.length)
      if (tasks.length > 0) store.set({ announcement: texts.chat.tasksLeft(tasks.length) })
      close()
    })
  }
  function onKeyDown (event: KeyboardEvent) {
    if (event.key === 'Escape') {
      event.stopPropagation()
      event.preventDefault()
      close()
    }
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || !desktop) return
    event.preventDefault()
    send()
  }
  return (
    <form aria-label={texts.chat.editing} className='flex flex-col gap-2 rounded-2xl border border-edge p-2 focus-within:border-accent' onSubmit={(event) => { event.preventDefault(); send() }}>
      <textarea dir='auto' autoFocus={autoFocus} value={draft} rows={2} aria-invalid={excess > 0 || undefined} aria-label={texts.chat.editing} onChange={(event) => write(event.target.value)} onKeyDown={onKeyDown} className='field-sizing-content max-h-72 resize-none rounded-lg bg-transparent px-2 py-1 outline-none max-lg:text-[1rem]' />
      <div className='px-2'><LengthNote text={draft} most={maxChars} /></div>
      <p className='px-2 text-sm text-muted'>{texts.chat.editText}</p>
      <Fault text={error} />
      <div className='flex flex-wrap justify-end gap-2'>
        <Button onClick={close}>{texts.chat.editKeep}</Button>
        <Button type='submit' tone='primary' disabled={busy || wanted === '' || excess > 0}>{texts.chat.editSend}</Button>
      </div>
    </form>
  )
}
