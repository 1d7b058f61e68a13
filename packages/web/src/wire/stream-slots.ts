/** The streams that the tabs of one browser hold together. Over HTTP/1.1 a browser keeps six connections to a host: one is for tabs that catch up, one at least for requests. */
const mostStreams = 4
const slotNames = Array.from({ length: mostStreams }, (_, index) => `cortex.stream.${index}`)
const hiddenName = 'cortex.hidden'
const turnName = 'cortex.catch-up'

/** Who of the tabs of this browser may keep a stream open. */
export interface StreamSlots {
  /** The slot this tab has, or one it gets now. Aborted when another tab takes it; null where none is to be had. */
  take (): Promise<AbortSignal | null>
  /** Leaves the slot to others. */
  release (): void
  /** Runs when no other tab runs something so. @throws what `run` throws, and when `signal` is aborted before it is this one's turn */
  inTurn<Answer> (run: () => Promise<Answer>, signal: AbortSignal): Promise<Answer>
}

/** Where connections are no scarce thing. */
export const freeSlots: StreamSlots = {
  take: async () => new AbortController().signal,
  release () {},
  inTurn: (run) => run()
}

/** As many streams as the connection carries: all over HTTP/2 and later, a few together over HTTP/1.1. */
export function createStreamSlots (window: Window): StreamSlots {
  const [navigation] = window.performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  // Without locks, which browsers keep from pages without TLS, nothing is known of other tabs.
  if (/^h[23]/.test(navigation?.nextHopProtocol ?? '') || !('locks' in window.navigator)) return freeSlots
  return createLockedSlots(window.navigator.locks, window.document)
}

interface Held { readonly lost: AbortSignal, readonly release: () => void }

function createLockedSlots (locks: LockManager, document: Document): StreamSlots {
  let held: Held | null = null
  /** While nobody looks at this tab, others see that by a lock, and that goes with the tab however it ends. */
  let unmark = () => {}
  const mark = () => {
    unmark()
    if (!document.hidden) return
    const shown = new AbortController()
    unmark = () => shown.abort()
    locks.request(hiddenName, { mode: 'shared', signal: shown.signal }, () => new Promise<void>((resolve) => shown.signal.addEventListener('abort', () => resolve()))).catch(() => {})
  }
  document.addEventListener('visibilitychange', mark)
  mark()

  function hold (name: string, options: LockOptions): Promise<Held | null> {
    return new Promise((resolve) => {
      const lost = new AbortController()
      locks.request(name, options, (lock) => {
        if (!lock) return resolve(null)
        const { promise, resolve: release } = Promise.withResolvers<void>()
        resolve({ lost: lost.signal, release })
        return promise
      }).catch(() => {
        lost.abort()
        resolve(null)
      })
    })
  }

  async function find (): Promise<Held | null> {
    for (const name of slotNames) {
      const free = await hold(name, { ifAvailable: true })
      if (free) return free
    }
    if (document.hidden) return null
    const hidden = await heldByHidden()
    return hidden === undefined ? null : hold(hidden, { steal: true })
  }

  async function heldByHidden (): Promise<string | undefined> {
    const { held: all = [] } = await locks.query()
    const hidden = new Set(all.filter(({ name }) => name === hiddenName).map(({ clientId }) => clientId))
    return all.find(({ name, clientId }) => name !== undefined && slotNames.includes(name) && hidden.has(clientId))?.name
  }

  return {
    async take () {
      if (held && !held.lost.aborted) return held.lost
      held = await find()
      return held?.lost ?? null
    },
    release () {
      held?.release()
      held = null
    },
    inTurn: (run, signal) => locks.request(turnName, { signal }, run)
  }
}
