import type { TaskRecord } from '../../domain/record.ts'
import type { LeaseChange } from '../ledger.ts'
import type { RunningLease } from '../task-store.ts'

interface Turn {
  readonly taskId: string
  readonly agentId: string
  cancelReason: string | null
  /** On the clock that is never set back. Milliseconds. */
  endsAt: number
}

/** When each lease runs out. Kept in memory: a heartbeat costs no write, and after a restart every lease gets a whole turn. */
export class LeaseClock {
  readonly #leases = new Map<string, Turn>()
  readonly #duration: number

  /** @param duration milliseconds without a heartbeat after which a lease is over */
  constructor (duration: number) {
    this.#duration = duration
  }

  begin ({ task, lease, cancel }: TaskRecord): void {
    if (lease) this.#leases.set(lease.id, { taskId: task.id, agentId: lease.agent_id, cancelReason: cancel?.reason ?? null, endsAt: this.#wholeTurn() })
  }

  /** What a commit changed. */
  apply ({ ended, begun, record }: LeaseChange): void {
    if (ended !== null) this.#leases.delete(ended)
    if (begun) this.begin(record)
    const turn = record.lease && this.#leases.get(record.lease.id)
    if (turn) turn.cancelReason = record.cancel?.reason ?? null
  }

  beat (id: string): RunningLease | null {
    const turn = this.#leases.get(id)
    if (!turn) return null
    turn.endsAt = this.#wholeTurn()
    return running([id, turn])
  }

  taskOf (id: string): string | null {
    return this.#leases.get(id)?.taskId ?? null
  }

  ofAgent (agentId: string): RunningLease[] {
    return [...this.#leases].filter(([, turn]) => turn.agentId === agentId).map(running)
  }

  expired (): RunningLease[] {
    const now = performance.now()
    return [...this.#leases].filter(([, { endsAt }]) => endsAt <= now).map(running)
  }

  #wholeTurn (): number {
    return performance.now() + this.#duration
  }
}

function running ([id, { taskId, agentId, cancelReason, endsAt }]: [string, Turn]): RunningLease {
  return { id, taskId, agentId, cancelReason, expiresAt: new Date(Date.now() + endsAt - performance.now()) }
}
