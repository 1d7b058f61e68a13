import { ArrowUp, CloudOff, Square } from 'lucide-react'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { canAsk, mayAsk } from '../sign-in/may.ts'
import { isReplying } from '../state/page-state.ts'
import { texts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Fault } from '../ui/fault.tsx'
import { excessOf, LengthNote } from '../ui/length-note.tsx'
import { hasKeyboard, useDesktop } from '../ui/use-media.ts'
import { useTry } from '../ui/use-try.ts'
import { ModelPicker } from './model-picker.tsx'

const maxChars = 20_000

function focusEnd (field: HTMLTextAreaElement | null): void {
  field?.focus()
  field?.setSelectionRange(field.value.length, field.value.length)
}

export function Composer () {
  const { commands, composer, person, store } = usePage()
  const conversationId = usePageState(({ route }) => route.conversationId)
  const live = usePageState(canAsk)
  const asks = usePageState(mayAsk)
  const connecting = usePageState(({ connection }) => connection.kind === 'connecting')
  const replying = usePageState(isReplying)
  const desktop = useDesktop()
  const stop = useTry()
  const field = useRef<HTMLTextAreaElement>(null)
  const writing = usePageState((state) => state.writing)
  const [text, setText] = useState(() => person.draft(conversationId))
  const empty = text.trim() === ''
  const excess = excessOf(text, maxChars)

  function write (value: string) {
    setText(value)
    person.keepDraft(conversationId, value)
  }
  useEffect(() => composer.attach({
    fill (value) { write(value); field.current?.focus() },
    focus: () => focusEnd(field.current)
  }))
  useEffect(() => {
    // Nothing is taken from whoever is elsewhere on the page when this comes, as on opening a tab, or comes to read one message.
    if (writing || (document.activeElement === document.body && hasKeyboard() && store.get().route.messageId === null)) focusEnd(field.current)
    store.set({ writing: false })
  }, [store, writing])

  function send () {
    if (empty || !live) return
    if (excess > 0) return store.set({ announcement: texts.length.tooLong(excess, maxChars) })
    write('')
    // The button that was pressed has nothing to send any more.
    if (document.activeElement !== field.current && hasKeyboard()) field.current?.focus()
    void commands.send(text.trim())
  }
  function onKeyDown (event: KeyboardEvent) {
    // On a phone Enter is a new line: there is no Shift at hand. While composing it belongs to the input method.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || !desktop) return
    event.preventDefault()
    send()
  }

  return (
    <div className='border-t border-line p-3'>
      {!asks && <p className='mb-2 text-sm text-muted'>{texts.signIn.readOnly}</p>}
      {asks && !live && !connecting && <p className='mb-2 flex items-center gap-2 text-sm text-asking'><CloudOff size={15} aria-hidden />{texts.chat.draftKept}</p>}
      <Fault text={stop.error} />
      <form className='rounded-2xl border border-edge bg-surface focus-within:border-accent focus-within:ring-1 focus-within:ring-accent' onSubmit={(event) => { event.preventDefault(); send() }}>
        <textarea
          ref={field}
          dir='auto'
          value={text}
          rows={1}
          autoComplete='off'
          aria-invalid={excess > 0 || undefined}
          placeholder={texts.chat.placeholder}
          aria-label={texts.chat.placeholder}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
          className='field-sizing-content block max-h-48 min-h-10 w-full resize-none bg-transparent px-3.5 pt-2.5 outline-none max-lg:text-[1rem]'
        />
        <div className='px-3.5'><LengthNote text={text} most={maxChars} /></div>
        <div className='flex items-center gap-2 p-1.5 pt-0 ps-3.5'>
          <span className='flex min-w-0 flex-1 items-center gap-2 text-sm text-muted'>
            <ModelPicker />
          </span>
          {replying && <Button disabled={!live || stop.busy} onClick={() => stop.run(() => commands.stopReply())}><Square size={11} fill='currentColor' aria-hidden />{texts.chat.stop}</Button>}
          <button type='submit' aria-label={texts.chat.send} title={texts.chat.send} disabled={empty || !live || excess > 0} className='grid h-8 w-9 shrink-0 place-items-center rounded-lg bg-accent text-on-accent enabled:hover:brightness-110 disabled:opacity-55 max-lg:size-11'>
            <ArrowUp size={18} aria-hidden />
          </button>
        </div>
      </form>
    </div>
  )
}
