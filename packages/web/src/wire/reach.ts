import type { PlannerIdentity } from '@cortex/contracts'
import { ProblemError, type Api } from './api.ts'
import { backoff } from './backoff.ts'
import type { Connection, Following } from './follow.ts'

export interface ReachOptions {
  api: Api
  onPlanner: (planner: PlannerIdentity) => void
  onConnection: (connection: Connection) => void
}

/** Where no conversation is open yet there is no stream: asks who plans, until the server has answered once. */
export function reachServer ({ api, onPlanner, onConnection }: ReachOptions): Following {
  let closed = false
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask (): Promise<void> {
    try {
      const planner = await api.get<PlannerIdentity>('/v1/planner')
      if (closed) return
      onPlanner(planner)
      onConnection({ kind: 'live' })
    } catch (error) {
      if (closed) return
      if (error instanceof ProblemError && error.status === 401) return onConnection({ kind: 'signed-out' })
      const delay = backoff(failures++)
      onConnection({ kind: 'reconnecting', retryAt: Date.now() + delay })
      timer = setTimeout(again, delay)
    }
  }
  function again (): void {
    onConnection({ kind: 'reconnecting', retryAt: null })
    void ask()
  }

  onConnection({ kind: 'connecting' })
  void ask()
  return {
    wake () {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      if (!closed) again()
    },
    close () {
      closed = true
      clearTimeout(timer)
    }
  }
}
