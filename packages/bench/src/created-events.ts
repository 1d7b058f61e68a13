import { createParser } from 'eventsource-parser'
import { AnswerUnexpected } from './errors.ts'

/** Longest wait for tasks to be created. Milliseconds. */
const patience = 30_000

/** Watches the orchestrator's events and notes when it told of each new task, on `performance.now()`. */
export class CreatedEvents {
  readonly #connection = new AbortController()
  #times: number[] = []
  #wanted = Infinity
  #reached = () => {}

  /** @throws CTX_BENCH_ANSWER_UNEXPECTED */
  static async open (orchestratorUrl: string): Promise<CreatedEvents> {
    const events = new CreatedEvents()
    const response = await fetch(`${orchestratorUrl}/v1/events`, { signal: events.#connection.signal })
    if (!response.ok || !response.body) throw new AnswerUnexpected('/v1/events', response.status, await response.text())
    const listening = Promise.withResolvers<void>()
    void events.#read(response.body, listening.resolve).catch(listening.reject)
    await listening.promise
    return events
  }

  /** Forgets what was and answers the times of the next `count` tasks. */
  async next (count: number): Promise<number[]> {
    this.#times = []
    this.#wanted = count
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#reached = resolve
    const timer = setTimeout(() => reject(new AnswerUnexpected('/v1/events', `${this.#times.length} of ${count} new tasks`, `waited ${patience} ms`)), patience)
    await promise.finally(() => clearTimeout(timer))
    return this.#times
  }

  close (): void {
    this.#connection.abort()
  }

  /** The first event says that what comes from now on is told. */
  async #read (body: ReadableStream<Uint8Array>, listening: () => void): Promise<void> {
    const parser = createParser({
      onEvent: ({ event }) => {
        listening()
        if (event !== 'task.created') return
        this.#times.push(performance.now())
        if (this.#times.length >= this.#wanted) this.#reached()
      }
    })
    const decoder = new TextDecoder()
    for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }))
  }
}
