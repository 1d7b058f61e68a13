import { useEffect } from 'react'

/**
 * What vanishes or is switched off takes the focus with it, and no event tells of it: a person at the keyboard would begin anew at the top.
 * The focus then goes to the nearest of what was around it that is still there, or to the screen as a whole.
 */
export function useFocusKept (): void {
  useEffect(() => {
    let around: readonly HTMLElement[] = []
    const remember = ({ target }: FocusEvent) => { if (target instanceof HTMLElement) around = pathOf(target) }
    // Who points elsewhere leaves by themselves.
    const forget = () => { around = [] }
    const keep = () => {
      const [last] = around
      if (!last || document.activeElement !== document.body) return
      const near = usable(last) ? last : around.find((element) => element.isConnected && element.hasAttribute('tabindex')) ?? document.querySelector('main')
      near?.focus({ preventScroll: true })
    }
    // What is switched off keeps the focus until the next frame.
    const keepThenAndNow = () => {
      keep()
      if (around[0]?.matches(':disabled')) requestAnimationFrame(() => requestAnimationFrame(keep))
    }
    const observer = new MutationObserver(keepThenAndNow)
    observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] })
    document.addEventListener('focusin', remember)
    document.addEventListener('pointerdown', forget)
    return () => {
      observer.disconnect()
      document.removeEventListener('focusin', remember)
      document.removeEventListener('pointerdown', forget)
    }
  }, [])
}

/** A button that was off while its command ran takes the focus back. */
function usable (element: HTMLElement): boolean {
  return element.isConnected && !element.matches(':disabled')
}

/** An element and what it is in, up to the body. */
function pathOf (target: HTMLElement): HTMLElement[] {
  const path: HTMLElement[] = []
  for (let element: HTMLElement | null = target; element && element !== document.body; element = element.parentElement) path.push(element)
  return path
}
