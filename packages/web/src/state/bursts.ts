import type { NumberedEvent } from './conversation.ts'

export interface Bursts {
  /** @param patient what it tells may come a little later, as the progress of something that is shown already */
  push (event: NumberedEvent, patient: boolean): void
  /** Applies at once what waits. */
  flush (): void
  /** Forgets what waits. */
  clear (): void
}

/** Events are applied in bursts: often enough to look live, seldom enough to stay responsive. Milliseconds. */
const burstMs = 32
const longestRestMs = 250
/** Where a burst takes long to draw, progress waits this many times as long for the next. */
const restAfter = 2

export function createBursts (window: Window, apply: (events: readonly NumberedEvent[]) => void): Bursts {
  let events: NumberedEvent[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  /** When what waits is drawn; already on its way at -Infinity. */
  let due = Infinity
  let flushedAt = 0
  let restMs = burstMs

  /** Once a frame at most: where frames take long, drawing between them is wasted. A hidden page has no frames, and still counts and notifies. */
  function drawNext (): void {
    due = -Infinity
    if (window.document.hidden) flush()
    else window.requestAnimationFrame(flushAndRest)
  }

  /** What a burst cost is known when the frame it was drawn in is over. */
  function flushAndRest (): void {
    flush()
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      restMs = Math.min(longestRestMs, Math.max(burstMs, (performance.now() - flushedAt) * restAfter))
      port1.close()
    }
    port2.postMessage(null)
  }

  function flush (): void {
    const arrived = events
    clear()
    flushedAt = performance.now()
    if (arrived.length > 0) apply(arrived)
  }

  function clear (): void {
    clearTimeout(timer)
    due = Infinity
    events = []
  }

  return {
    push (event, patient) {
      events.push(event)
      // What comes alone is shown at once.
      const wanted = flushedAt + (patient ? restMs : burstMs)
      if (wanted >= due) return
      clearTimeout(timer)
      due = wanted
      timer = setTimeout(drawNext, Math.max(0, due - performance.now()))
    },
    flush,
    clear
  }
}
