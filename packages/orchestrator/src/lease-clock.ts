export interface RunningLease {
  readonly id: string
  readonly taskId: string
  readonly agentId: string
  expiresAt: Date
  /** Set when a person asked to stop; told with the next heartbeat. */
  cancelReason: string | null
}

/** When each lease runs out. Kept in memory: a heartbeat costs no write, and after a restart every lease gets a whole turn. */
export class LeaseClock {
  readonly #leases = new Map<string, RunningLease>()
  readonly #duration: number

  /** @param duration milliseconds without a heartbeat after which a lease is over */
  constructor (duration: number) {
    this.#duration = duration
  }

  begin (id: string, { taskId, agentId, cancelReason = null }: { taskId: string, agentId: string, cancelReason?: string | null }): RunningLease {
    const lease: RunningLease = { id, taskId, agentId, cancelReason, expiresAt: this.#next() }
    this.#leases.set(id, lease)
    return lease
  }

  beat (id: string): RunningLease | null {
    const lease = this.#leases.get(id)
    if (!lease) return null
    lease.expiresAt = this.#next()
    return lease
  }

  end (id: string): void {
    this.#leases.delete(id)
  }

  cancel (taskId: string, reason: string): void {
    for (const lease of this.#leases.values()) if (lease.taskId === taskId) lease.cancelReason = reason
  }

  ofAgent (agentId: string): RunningLease[] {
    return [...this.#leases.values()].filter((lease) => lease.agentId === agentId)
  }

  expired (): RunningLease[] {
    const now = Date.now()
    return [...this.#leases.values()].filter(({ expiresAt }) => expiresAt.getTime() <= now)
  }

  #next (): Date {
    return new Date(Date.now() + this.#duration)
  }
}
