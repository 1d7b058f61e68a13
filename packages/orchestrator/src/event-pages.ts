import type { TaskEvent } from '@cortex/contracts'
import { frameText } from '@cortex/service'
import type { TaskStore } from './store/task-store.ts'

/** Events read from the store at a time, at the most and at first. */
const mostInPage = 32
const firstPage = 8
/** Bytes a page should have. An event holds its whole task, so some are a thousand times as large as others. */
const pageBytes = 32_768
/** Bytes of pages kept for the next who asks; the oldest go first. */
const mostKept = 8_388_608

/** Events in a row, as they are sent. */
export interface EventPage {
  readonly bytes: Buffer
  /** Number of the last of them; null when there are none. */
  readonly last: number | null
  /** There was nothing behind them when they were read. */
  readonly ended: boolean
}

/** The page behind the newest event. */
export const nothing: EventPage = { bytes: Buffer.alloc(0), last: null, ended: true }

/**
 * Pages of events, read and made into text once for all who need them: most who come back are behind by the same events. Pages begin at the same
 * numbers whoever asks, and an event never changes but by later ones, so one that was read stays true.
 */
export class EventPages {
  readonly #store: TaskStore
  readonly #kept = new Map<string, EventPage>()
  #bytes = 0
  #pageSize = firstPage

  constructor (store: TaskStore) {
    this.#store = store
  }

  /** What comes behind an event, of one task if it is named; null when the event is older than what is kept. */
  async after (seq: number, taskId: string | null): Promise<EventPage | null> {
    const key = `${taskId ?? ''} ${seq}`
    const kept = this.#kept.get(key)
    if (kept) return kept
    const limit = taskId === null ? Math.min(this.#pageSize, mostInPage - seq % mostInPage) : this.#pageSize
    const events = await this.#store.eventsAfter(seq, limit, taskId ?? undefined)
    const last = events?.at(-1)
    if (!events || !last) return events && nothing
    const page = { bytes: Buffer.from(events.map(toFrame).join('')), last: last.seq, ended: false }
    this.#pageSize = Math.max(1, Math.min(mostInPage, Math.floor(pageBytes * events.length / page.bytes.length)))
    this.#keep(key, page)
    // Only now: whoever gets it from here asks for what came since.
    return { ...page, ended: events.length < limit }
  }

  #keep (key: string, page: EventPage): void {
    this.#bytes += page.bytes.length - (this.#kept.get(key)?.bytes.length ?? 0)
    this.#kept.set(key, page)
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= mostKept) return
      this.#kept.delete(oldest)
      this.#bytes -= bytes.length
    }
  }
}

export function toFrame (event: TaskEvent): string {
  return frameText({ id: event.seq, event: event.type, data: event })
}
