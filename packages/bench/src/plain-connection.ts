import { connect, type Socket } from 'node:net'
import { AnswerUnexpected } from './errors.ts'

/**
 * One connection that posts JSON, one request at a time, and reads answers that say how long they are: 150 µs of computing for a task from lease to end, where
 * node:http took 530 and undici more, against 1,000 of the orchestrator. What sends the load would be what is measured.
 */
export class PlainConnection {
  readonly #socket: Socket
  readonly #host: string
  #received: Buffer = Buffer.alloc(0)
  #asked: { path: string, answer: PromiseWithResolvers<string> } | null = null

  constructor (url: string) {
    const { hostname, port, host } = new URL(url)
    this.#host = host
    this.#socket = connect(Number(port), hostname).setNoDelay()
      .on('data', (bytes) => this.#take(bytes))
      .on('error', (error) => this.#asked?.answer.reject(error))
      .on('close', () => this.#asked?.answer.reject(new Error('the connection was closed')))
  }

  /** Answers the text that came back. @throws CTX_BENCH_ANSWER_UNEXPECTED when it was no success */
  async post (path: string, body: object): Promise<string> {
    const text = JSON.stringify(body)
    const answer = Promise.withResolvers<string>()
    this.#asked = { path, answer }
    this.#socket.write(`POST ${path} HTTP/1.1\r\nhost: ${this.#host}\r\ncontent-type: application/json\r\nprefer: return=minimal\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
    return await answer.promise
  }

  close (): void {
    this.#socket.destroy()
  }

  #take (bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes])
    const end = this.#received.indexOf('\r\n\r\n')
    if (end === -1 || !this.#asked) return
    const head = this.#received.toString('latin1', 0, end)
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#received.length < end + 4 + length) return
    const { path, answer } = this.#asked
    const text = this.#received.toString('utf8', end + 4, end + 4 + length)
    const status = Number(head.slice(9, 12))
    this.#asked = null
    this.#received = this.#received.subarray(end + 4 + length)
    if (status === 200 || status === 204) answer.resolve(text)
    else answer.reject(new AnswerUnexpected(path, status, text.slice(0, 500)))
  }
}
