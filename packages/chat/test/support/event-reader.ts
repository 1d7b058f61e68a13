import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream'

export interface Frame {
  id: number | null
  event: string
  data: Record<string, unknown>
}

/** Reads server-sent events and lets a test wait for the one it means. */
export class EventReader {
  readonly frames: Frame[] = []
  readonly comments: string[] = []
  readonly status: number
  readonly #controller: AbortController
  readonly #waiting = new Set<() => void>()
  ended = false

  private constructor (response: Response, controller: AbortController) {
    this.status = response.status
    this.#controller = controller
    this.#read(response).catch(() => {}).finally(() => {
      this.ended = true
      this.#wake()
    })
  }

  static async open (url: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<EventReader> {
    const controller = new AbortController()
    return new EventReader(await fetch(url, { ...init, headers, signal: controller.signal }), controller)
  }

  /** The first frame the test means, past or to come. */
  async until (wanted: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const frame = this.frames.find(wanted)
      if (frame) return frame
      if (this.ended) throw new Error(`the stream ended after ${this.frames.map(({ event }) => event).join()}`)
      await this.#next()
    }
  }

  /** The n-th frame of this name, from 1. */
  async nth (event: string, n = 1): Promise<Frame> {
    await this.until(() => this.frames.filter((frame) => frame.event === event).length >= n)
    return this.frames.filter((frame) => frame.event === event)[n - 1]!
  }

  async end (): Promise<void> {
    while (!this.ended) await this.#next()
  }

  close (): void {
    this.#controller.abort()
  }

  async #next (): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  #wake (): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  async #read (response: Response): Promise<void> {
    const parser = new EventSourceParserStream({ onComment: (comment) => this.comments.push(comment) })
    for await (const message of response.body!.pipeThrough(new TextDecoderStream() as never).pipeThrough(parser) as unknown as AsyncIterable<EventSourceMessage>) {
      this.frames.push({ id: message.id ? Number(message.id) : null, event: message.event ?? 'message', data: JSON.parse(message.data) as Record<string, unknown> })
      this.#wake()
    }
  }
}
