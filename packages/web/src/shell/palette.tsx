import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { usePage } from '../app-context.ts'
import { texts } from '../texts.ts'
import { Dialog } from '../ui/dialog.tsx'
import { excessOf, LengthNote } from '../ui/length-note.tsx'
import { longestSearch } from '../screens/screen.tsx'
import { usePaletteEntries, type PaletteEntry } from './palette-entries.tsx'

/** One field over everything: conversations, tasks, commands. */
export function Palette () {
  const { store } = usePage()
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const chosen = useRef<PaletteEntry | null>(null)
  const tooLong = excessOf(query, longestSearch) > 0
  const entries = usePaletteEntries(query, tooLong)
  const list = useId()
  const at = Math.min(active, entries.length - 1)

  /** The dialog gives the focus back first, so that an entry can move it. */
  function close () {
    store.set({ overlay: null })
    const entry = chosen.current
    if (entry) queueMicrotask(() => entry.run())
  }
  function choose (entry: PaletteEntry | undefined, dialog: HTMLDialogElement | null) {
    if (!entry) return
    chosen.current = entry
    dialog?.close()
  }
  function onKeyDown (event: KeyboardEvent<HTMLInputElement>) {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by !== 0 && entries.length > 0) {
      event.preventDefault()
      setActive((at + by + entries.length) % entries.length)
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      choose(entries[at], event.currentTarget.closest('dialog'))
    }
  }

  return (
    <Dialog label={texts.palette.label} onClose={close}>
      <input
        role='combobox'
        aria-expanded
        aria-controls={list}
        aria-activedescendant={entries[at] ? `${list}-${at}` : undefined}
        aria-label={texts.palette.placeholder}
        placeholder={texts.palette.placeholder}
        autoFocus
        autoComplete='off'
        value={query}
        onChange={(event) => { setQuery(event.target.value); setActive(0) }}
        onKeyDown={onKeyDown}
        className='h-12 w-full border-b border-line bg-transparent px-4 outline-none'
      />
      <div className='px-4'><LengthNote text={query} most={longestSearch} /></div>
      <ul id={list} role='listbox' aria-label={texts.palette.label} className='max-h-[50vh] overflow-y-auto p-1.5'>
        {entries.map((entry, index) => (
          <li
            key={entry.key}
            id={`${list}-${index}`}
            role='option'
            aria-selected={index === at}
            onMouseMove={() => setActive(index)}
            onClick={(event) => choose(entry, event.currentTarget.closest('dialog'))}
            ref={index === at ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
            className={`flex min-h-9 cursor-pointer items-center gap-3 rounded-lg px-2.5 text-sm max-lg:min-h-11 ${index === at ? 'bg-accent-soft' : ''}`}
          >
            {entry.icon}
            <span dir='auto' className='min-w-0 flex-1 truncate text-page'>{entry.label}</span>
            <span className='shrink-0 text-xs text-muted'>{entry.group}</span>
          </li>
        ))}
      </ul>
      {entries.length === 0 && !tooLong && <p role='status' className='px-4 pb-4 text-sm text-muted'>{texts.palette.none}</p>}
    </Dialog>
  )
}
