import { useCallback, useSyncExternalStore } from 'react'

export function useMedia (query: string): boolean {
  const subscribe = useCallback((listener: () => void) => {
    const list = matchMedia(query)
    list.addEventListener('change', listener)
    return () => list.removeEventListener('change', listener)
  }, [query])
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
}

/** A precise pointer comes with a keyboard; where there is none, focus in a field would bring one up over half the page. */
export const hasKeyboard = (): boolean => matchMedia('(pointer: fine)').matches

/** From here on chat and board stand side by side. */
export function useDesktop (): boolean {
  return useMedia('(min-width: 1024px)')
}
