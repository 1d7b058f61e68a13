import type { LucideIcon } from 'lucide-react'
import { useId, useRef, type ToggleEvent } from 'react'

export interface MenuItem {
  readonly label: string
  readonly icon: LucideIcon
  readonly run?: () => void
  /** A file of ours to save instead of something to run. */
  readonly href?: string
  readonly current?: boolean
  readonly danger?: boolean
}

export interface MenuProps {
  label: string
  icon: LucideIcon
  items: readonly MenuItem[]
  /** Something to know, below what one can do. */
  note?: string | null
  className?: string
}

const margin = 8

/** A button with what one can do below it. The browser closes it on Escape and on a press elsewhere. */
export function Menu ({ label, icon: Icon, items, note = null, className = '' }: MenuProps) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLUListElement>(null)

  function place (event: ToggleEvent<HTMLUListElement>) {
    const [from, popup] = [button.current?.getBoundingClientRect(), list.current]
    if (event.newState !== 'open' || !from || !popup) return
    const { width, height } = popup.getBoundingClientRect()
    const wanted = document.documentElement.dir === 'rtl' ? from.right - width : from.left
    popup.style.left = `${Math.max(margin, Math.min(wanted, innerWidth - width - margin))}px`
    popup.style.top = `${from.bottom + height + margin > innerHeight ? Math.max(margin, from.top - height) : from.bottom + 2}px`
    popup.querySelector<HTMLElement>('button, a')?.focus({ preventScroll: true })
  }
  const row = 'flex min-h-9 w-full items-center gap-2.5 rounded-md px-2.5 text-start text-sm hover:bg-raised max-lg:min-h-11'
  return (
    <>
      <button ref={button} type='button' popoverTarget={id} aria-label={label} title={label} className={`grid size-10 shrink-0 place-items-center rounded-lg text-muted hover:bg-raised hover:text-text ${className}`}>
        <Icon size={19} strokeWidth={1.75} aria-hidden />
      </button>
      <ul ref={list} id={id} popover='auto' aria-label={label} onToggle={place} className='fixed inset-auto m-0 min-w-52 rounded-xl border border-edge bg-surface p-1.5 text-text shadow-2xl'>
        {items.map(({ label, icon: ItemIcon, run, href, current = false, danger = false }) => {
          const words = (
            <>
              <ItemIcon size={16} className={danger ? '' : current ? 'text-accent' : 'text-muted'} aria-hidden />
              {label}
            </>
          )
          const close = () => list.current?.hidePopover()
          return (
            <li key={label}>
              {href === undefined
                ? <button type='button' aria-current={current ? 'page' : undefined} className={`${row} ${danger ? 'text-failed' : ''}`} onClick={() => { close(); run?.() }}>{words}</button>
                : <a href={href} download className={row} onClick={close}>{words}</a>}
            </li>
          )
        })}
        {note !== null && <li dir='auto' className='mt-1 max-w-72 border-t border-line px-2.5 pt-1.5 pb-1 text-page text-sm text-muted tabular-nums'>{note}</li>}
      </ul>
    </>
  )
}
