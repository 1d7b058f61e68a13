import { useEffect } from 'react'
import { usePage } from '../app-context.ts'
import type { Page } from '../state/page.ts'

/** The page's keys. Letters are left alone where somebody types and while a dialog or a menu is open; where nothing would take them, they begin a message. */
export function useKeys (): void {
  const page = usePage()
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        if (!document.querySelector('dialog[open]')) page.store.set({ overlay: 'palette' })
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open], :popover-open')) return
      if (event.key === 'Escape') return leave(page, event.target)
      if (isTyping(event.target)) return
      const act = isIdle(event.target) ? idleActions[event.key] : actions[event.key]
      // The key goes on to the field that has the focus now, which writes it.
      if (!act && isWriting(event)) return page.composer.focus()
      if (!act) return
      event.preventDefault()
      act(page)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [page])
}

type Actions = Readonly<Record<string, (page: Page) => void>>

/** With the focus nowhere, what is typed may be a message: no message begins with these. */
const idleActions: Actions = {
  '/': ({ store }) => store.set({ tab: 'chat', writing: true }),
  '?': ({ store }) => store.set({ overlay: 'keys' })
}

const actions: Actions = {
  ...idleActions,
  j: (page) => step(page, 1),
  k: (page) => step(page, -1)
}

/** Out of the drawer, or out of the composer to the tasks, where letters are keys again. */
function leave (page: Page, target: EventTarget | null): void {
  if (page.store.get().route.taskId === null && target instanceof HTMLTextAreaElement) {
    target.closest('main')?.focus({ preventScroll: true })
    step(page, 1)
  } else page.go({ taskId: null })
}

/** The body has the focus when nothing has it; a click beside what can be pressed puts it on what is around, as the log. */
function isIdle (target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches('body, main, section') || target.closest('[role="log"]') !== null)
}

/** Space presses buttons and scrolls, and in a drawer somebody reads. */
function isWriting ({ key, target }: KeyboardEvent): boolean {
  return [...key].length === 1 && key !== ' ' && target instanceof HTMLElement && target.closest('[role="dialog"]') === null
}

function isTyping (target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}

/** To the next task in the order of the page: its card takes the focus, or its drawer opens where one is open already. */
function step ({ store, go }: Page, by: number): void {
  const cards = [...document.querySelectorAll<HTMLElement>('[data-task-id]')]
  const open = store.get().route.taskId
  const current = cards.findIndex((card) => open ? card.dataset['taskId'] === open : card === document.activeElement)
  const next = cards[current === -1 ? (by > 0 ? 0 : cards.length - 1) : (current + by + cards.length) % cards.length]
  if (!next) return
  next.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  if (open) go({ taskId: next.dataset['taskId'] ?? null }, 'replace')
  else next.focus()
}
