import type { Demand } from '../domain/admission.ts'
import type { Delivery, Dispatcher } from './dispatcher.ts'

interface Waiter<Given extends Delivery> extends Demand {
  readonly give: (deliveries: Given[]) => void
}

/** Delivery where store, coordinator and the workers' long polls live in one process. What is undelivered at a crash is dispatched anew. */
export class InProcessDispatcher<Given extends Delivery = Delivery> implements Dispatcher<Given> {
  readonly #queue: Given[] = []
  readonly #waiters = new Set<Waiter<Given>>()
  #onDemand = () => {}

  onDemand (listener: () => void): void {
    this.#onDemand = listener
  }

  demand (): Demand[] {
    return [...this.#waiters]
  }

  /** Takes what was admitted. */
  enqueue (deliveries: readonly Given[]): void {
    this.#queue.push(...deliveries)
    for (const waiter of this.#waiters) {
      const taken = this.#take(waiter)
      if (taken.length > 0) waiter.give(taken)
    }
  }

  async consume (demand: Demand, signal: AbortSignal): Promise<Given[]> {
    const ready = this.#take(demand)
    if (ready.length > 0 || signal.aborted) return ready
    return await new Promise((resolve) => {
      const give = (deliveries: Given[]) => {
        this.#waiters.delete(waiter)
        signal.removeEventListener('abort', leave)
        resolve(deliveries)
      }
      const leave = () => give([])
      const waiter: Waiter<Given> = { ...demand, give }
      this.#waiters.add(waiter)
      signal.addEventListener('abort', leave, { once: true })
      this.#onDemand()
    })
  }

  /** There is nothing between this queue and its worker that could be lost. */
  acknowledge (): void {}

  async close (): Promise<void> {}

  #take ({ masters, capacity }: Demand): Given[] {
    const taken: Given[] = []
    for (let at = 0; at < this.#queue.length && taken.length < capacity;) {
      const delivery = this.#queue[at]
      if (delivery && masters.includes(delivery.master)) taken.push(...this.#queue.splice(at, 1))
      else at++
    }
    return taken
  }
}
