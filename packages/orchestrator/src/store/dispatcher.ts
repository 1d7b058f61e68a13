import type { Demand } from '../domain/admission.ts'

/** A task on its way to a worker. */
export interface Delivery {
  readonly task_id: string
  readonly master: string
}

/**
 * At-least-once delivery of admitted tasks to the workers that wait for them. What the store admits comes in within its transaction; a delivery
 * that is not acknowledged comes again, to whoever waits then, so whoever gets one asks the store whether the task is still to be had.
 */
export interface Dispatcher<Given extends Delivery = Delivery> {
  /** Who waits here now. No more is admitted than this, so that a better task that comes later is not behind one nobody works on. */
  demand (): Demand[]
  /** Calls back whenever a worker begins to wait. */
  onDemand (listener: () => void): void
  /** Up to `capacity` deliveries for these masters; an empty list when the signal aborts first. */
  consume (demand: Demand, signal: AbortSignal): Promise<Given[]>
  /** @param deliveries as they were given; others come again */
  acknowledge (deliveries: readonly Given[]): void
  close (): Promise<void>
}
