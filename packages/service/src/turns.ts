import { setImmediate as nextTurn, setTimeout as rest } from 'node:timers/promises'

/** Steps that run at the same time; more than one, because a database answers several as fast as one. */
const mostLanes = 2
/** Milliseconds of steps in one turn of the event loop, for each lane. */
const slice = 0.5
/** Milliseconds of a single step after which the process gets as long for everything else: in one turn of the event loop it takes in one connection only. */
const long = 2

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
      const began = performance.now()
      do await this.#waiting.shift()?.()
      while (performance.now() - began < slice && this.#waiting.length > 0)
      const took = performance.now() - began
      if (took > long) await rest(took)
    }
    this.#lanes--
  }
}
