import { useEffect } from 'react'
import { usePage } from '../app-context.ts'
import type { Page } from '../state/page.ts'

/** The page's keys. Letters are left alone where somebody types, and while a dialog is open. */
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
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
      if (event.key === 'Escape') return page.go({ taskId: null })
      if (isTyping(event.target)) return
      const act = actions[event.key]
      if (!act) return
      event.preventDefault()
      act(page)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [page])
}

const actions: Readonly<Record<string, (page: Page) => void>> = {
  '/': ({ store, composer }) => {
    store.set({ tab: 'chat' })
    composer.focus()
  },
  '?': ({ store }) => store.set({ overlay: 'keys' }),
  j: (page) => step(page, 1),
  k: (page) => step(page, -1)
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
