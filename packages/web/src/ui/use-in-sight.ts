import { useEffect, useRef, type RefObject } from 'react'

/** Tells once when an element has come into sight. */
export function useInSight (onSeen: () => void): RefObject<HTMLElement | null> {
  const element = useRef<HTMLElement>(null)
  const tell = useRef(onSeen)
  tell.current = onSeen
  useEffect(() => {
    if (!element.current) return
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      observer.disconnect()
      tell.current()
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [])
  return element
}
