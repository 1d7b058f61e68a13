import type { Demand } from '../domain/admission.ts'

/** A task on its way to a worker. */
export interface Delivery {
  readonly task_id: string
  readonly master: string
}

/** At-least-once delivery of admitted tasks to the workers that wait for them. */
export interface Dispatcher {
  /** Who waits now. No more is admitted than this, so that a better task that comes later is not behind one nobody works on. */
  demand (): Demand[]
  /** Calls back whenever a worker begins to wait. */
  onDemand (listener: () => void): void
  enqueue (deliveries: readonly Delivery[]): void
  /** Up to `capacity` deliveries for these masters; an empty list when the signal aborts first. */
  consume (demand: Demand, signal: AbortSignal): Promise<Delivery[]>
}
