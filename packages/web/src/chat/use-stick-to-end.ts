import { useEffect, useRef, useState, type RefObject } from 'react'

/** This near to the end counts as being there, in px. */
const slack = 48

export interface StickToEnd {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly content: RefObject<HTMLDivElement | null>
  /** The person scrolled up to read; nothing moves under them then. */
  readonly away: boolean
  toEnd (): void
}

/** Keeps the newest line in sight while somebody is reading at the end, however the content grows. */
export function useStickToEnd (): StickToEnd {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const sticking = useRef(true)
  const [away, setAway] = useState(false)

  function toEnd () {
    sticking.current = true
    setAway(false)
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
  }

  useEffect(() => {
    const [outer, inner] = [scroller.current, content.current]
    if (!outer || !inner) return
    const onScroll = () => {
      const atEnd = outer.scrollHeight - outer.scrollTop - outer.clientHeight < slack
      sticking.current = atEnd
      setAway(!atEnd)
    }
    // A scroll position is not enough: content above may still be measured, so growth itself is watched.
    const observer = new ResizeObserver(() => {
      if (sticking.current) outer.scrollTop = outer.scrollHeight
    })
    observer.observe(inner)
    observer.observe(outer)
    outer.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      observer.disconnect()
      outer.removeEventListener('scroll', onScroll)
    }
  }, [])

  return { scroller, content, away, toEnd }
}
