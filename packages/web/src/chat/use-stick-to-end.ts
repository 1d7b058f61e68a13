import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'

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
  /** Goes to what stands further up, and stays there. */
  toElement (element: HTMLElement): void
}

/**
 * Keeps the newest line in sight however the content grows, until somebody scrolls up. Growth leaves the position where it was and
 * scrolling up does not, so the way the position moved tells a person from the content; how far the end is does not.
 *
 * @param whole false while what is shown ends before the newest: its end is none to stay at
 */
export function useStickToEnd (whole: boolean): StickToEnd {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const sticking = useRef(whole)
  const ends = useRef(whole)
  const [away, setAway] = useState(false)

  function toEnd () {
    sticking.current = true
    setAway(false)
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
  }

  function toElement (element: HTMLElement) {
    element.scrollIntoView({ block: 'start' })
    const outer = scroller.current
    sticking.current = ends.current && outer !== null && outer.scrollHeight - outer.scrollTop - outer.clientHeight <= rounding
    setAway(!sticking.current)
  }

  useLayoutEffect(() => { ends.current = whole }, [whole])
  useEffect(() => {
    const [outer, inner] = [scroller.current, content.current]
    if (!outer || !inner) return
    let last = { top: outer.scrollTop, height: outer.scrollHeight }
    const onScroll = () => {
      const [top, height] = [outer.scrollTop, outer.scrollHeight]
      const left = height - top - outer.clientHeight
      // Content that shrinks pulls the position up as well.
      if (top < last.top - rounding && height >= last.height && left > rounding) sticking.current = false
      else if (!ends.current) sticking.current = false
      else if (left <= rounding || (top > last.top && left < slack)) sticking.current = true
      last = { top, height }
      setAway(!sticking.current)
    }
    // A scroll position is not enough: content above may still be measured, so growth itself is watched.
    const observer = new ResizeObserver(() => {
      if (sticking.current) outer.scrollTop = outer.scrollHeight
      else if (ends.current && outer.scrollHeight - outer.scrollTop - outer.clientHeight <= rounding) {
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

  return { scroller, content, away, toEnd, toElement }
}
