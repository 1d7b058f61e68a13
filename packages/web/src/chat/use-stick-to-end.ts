import { useEffect, useRef, useState, type RefObject } from 'react'

/** Who scrolls down to this near to the end means the end, in px. */
const slack = 48
/** Positions are fractions of a pixel on a zoomed page. */
const rounding = 1

export interface StickToEnd {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly content: RefObject<HTMLDivElement | null>
  /** The person scrolled up to read; nothing moves under them then. */
  readonly away: boolean
  toEnd (): void
}

/**
 * Keeps the newest line in sight however the content grows, until somebody scrolls up. Growth leaves the position where it was and
 * scrolling up does not, so the way the position moved tells a person from the content; how far the end is does not.
 */
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
    let last = { top: outer.scrollTop, height: outer.scrollHeight }
    const onScroll = () => {
      const [top, height] = [outer.scrollTop, outer.scrollHeight]
      const left = height - top - outer.clientHeight
      // Content that shrinks pulls the position up as well.
      if (top < last.top - rounding && height >= last.height && left > rounding) sticking.current = false
      else if (left <= rounding || (top > last.top && left < slack)) sticking.current = true
      last = { top, height }
      setAway(!sticking.current)
    }
    // A scroll position is not enough: content above may still be measured, so growth itself is watched.
    const observer = new ResizeObserver(() => {
      if (sticking.current) outer.scrollTop = outer.scrollHeight
      else if (outer.scrollHeight - outer.scrollTop - outer.clientHeight <= rounding) {
        // What was below is gone, as when a message and what followed it were replaced.
        sticking.current = true
        setAway(false)
      }
      last = { top: outer.scrollTop, height: outer.scrollHeight }
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
