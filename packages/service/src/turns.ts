import { setImmediate as nextTurn } from 'node:timers/promises'

/** Steps that run at the same time; more than one, because a database answers several as fast as one. */
const mostLanes = 4
/** Milliseconds of steps in one turn of the event loop, for each lane. */
const slice = 0.5

/**
 * Runs the steps of many who each have a lot to do, one after the other in the order they asked, and lets the process do everything else between
 * them. Whoever needs another step asks again, and so waits behind the others.
 */
export class Turns {
  readonly #waiting: Array<() => Promise<void>> = []
  #lanes = 0

  /** Answers what the step answers, or rejects as it does. */
  run<T> (step: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#waiting.push(() => step().then(resolve, reject))
    if (this.#lanes < mostLanes) void this.#work()
    return promise
  }

  async #work (): Promise<void> {
    this.#lanes++
    while (this.#waiting.length > 0) {
      await nextTurn()
      const until = performance.now() + slice
      do await this.#waiting.shift()?.()
      while (performance.now() < until && this.#waiting.length > 0)
    }
    this.#lanes--
  }
}
