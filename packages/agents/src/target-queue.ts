/**
 * Lets those who change the same targets do so one after the other, in the order in which they came. It holds within one process: between processes
 * it is what is changed that refuses a change to what is no longer as planned.
 */
export class TargetQueue {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Whether somebody has the turn, or waits for it. */
  isTaken (targets: readonly string[]): boolean {
    return targets.some((target) => this.#last.has(target))
  }

  /**
   * Does the work once all who came before for any of the targets are done. A place is taken for all targets at once, so that no two wait for each other.
   * @param signal gives the place up while it waits
   */
  async inTurn<T> (targets: readonly string[], signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = Promise.all(targets.map((target) => this.#last.get(target)))
    const done = Promise.withResolvers<void>()
    const over = Promise.all([before, done.promise])
    for (const target of targets) this.#last.set(target, over)
    over.then(() => {
      for (const target of targets) if (this.#last.get(target) === over) this.#last.delete(target)
    })
    const aborted = Promise.withResolvers<never>()
    const abort = () => aborted.reject(signal.reason)
    signal.addEventListener('abort', abort)
    try {
      if (signal.aborted) abort()
      await Promise.race([before, aborted.promise])
      return await work()
    } finally {
      signal.removeEventListener('abort', abort)
      done.resolve()
    }
  }
}
