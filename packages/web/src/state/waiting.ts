import type { WaitingApproval, WaitingApprovals } from '@cortex/contracts'
import type { Api } from '../wire/api.ts'

/** How often it is asked what waits in other conversations: the open one tells by its stream. Browsers let hidden tabs ask once a minute after a while. */
const everyMs = 5_000

export interface Waiting {
  /** Looks again at once, as after an answer. */
  look (): void
  close (): void
}

export interface WaitingOptions {
  api: Api
  /** Whether there is anybody to ask. */
  reachable: () => boolean
  onWaiting: (waiting: readonly WaitingApproval[]) => void
}

/** Keeps what waits for an answer anywhere up to date. A look that fails says nothing: what was known last stands. */
export function followWaiting ({ api, reachable, onWaiting }: WaitingOptions): Waiting {
  const closed = new AbortController()
  let asking = false
  async function look (): Promise<void> {
    if (asking || !reachable()) return
    asking = true
    try {
      const { approvals } = await api.get<WaitingApprovals>('/v1/waiting-approvals', closed.signal)
      if (!closed.signal.aborted) onWaiting(approvals)
    } catch {
      // The connection tells of it, and the next look comes by itself.
    } finally {
      asking = false
    }
  }
  const timer = setInterval(() => { void look() }, everyMs)
  return {
    look: () => { void look() },
    close () {
      clearInterval(timer)
      closed.abort()
    }
  }
}
