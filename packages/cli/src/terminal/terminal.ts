import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'
import { styleText } from 'node:util'
import { visibleJson } from './visible-text.ts'
import { renderTable } from './table.ts'
import { createProgressBar, type ProgressBar } from './progress.ts'

export interface Streams {
  stdin: Readable & { isTTY?: boolean }
  stdout: Writable & { isTTY?: boolean, columns?: number }
  stderr: Writable & { isTTY?: boolean }
  env: NodeJS.ProcessEnv
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** What a command says and asks. Text of others goes through `visible-text.ts` before it comes here. */
export class Terminal {
  readonly #streams: Streams

  constructor (streams: Streams) {
    this.#streams = streams
  }

  /** What was asked for: nothing else is written to the standard output. */
  out (text: string): void {
    this.#streams.stdout.write(text)
  }

  /** What is said beside it. */
  note (text: string): void {
    this.#streams.stderr.write(`${text}\n`)
  }

  json (value: unknown, { lines = false } = {}): void {
    this.out(`${visibleJson(value, lines ? undefined : 2)}\n`)
  }

  table (headings: readonly string[], rows: ReadonlyArray<readonly string[]>): void {
    const { stdout } = this.#streams
    const [first = '', ...rest] = renderTable(headings, rows, stdout.isTTY ? stdout.columns ?? 80 : Infinity).split('\n')
    this.out([this.style('bold', first), ...rest].join('\n'))
  }

  /** Colour, where the standard output is a terminal and NO_COLOR is not set. */
  style (style: Style, text: string): string {
    const { stdout, env } = this.#streams
    return stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb' ? styleText(style, text, { validateStream: false }) : text
  }

  /** Whether a person sees what is written and can answer. */
  get isInteractive (): boolean {
    return this.#streams.stdin.isTTY === true && this.#streams.stdout.isTTY === true
  }

  /** One line of a person's; empty when they end the input instead. */
  async ask (question: string, signal: AbortSignal): Promise<string> {
    const asking = createInterface({ input: this.#streams.stdin, output: this.#streams.stdout })
    const interrupted = new AbortController()
    asking.on('SIGINT', () => interrupted.abort(new Interrupted()))
    let answered = false
    const ended = new Promise<string>((resolve) => asking.once('close', () => {
      // What they typed has no line end then.
      if (!answered) this.out('\n')
      resolve('')
    }))
    try {
      const answer = await Promise.race([asking.question(question, { signal: AbortSignal.any([signal, interrupted.signal]) }), ended])
      answered = true
      return answer
    } catch (error) {
      interrupted.signal.throwIfAborted()
      signal.throwIfAborted()
      throw error
    } finally {
      asking.close()
    }
  }

  get progress (): ProgressBar {
    return createProgressBar(this.#streams.stderr)
  }

  async readInput (most: number): Promise<string> {
    let text = ''
    this.#streams.stdin.setEncoding('utf8')
    for await (const chunk of this.#streams.stdin) {
      text += String(chunk)
      if (text.length > most) break
    }
    return text
  }
}

/** A person pressed Ctrl+C. */
export class Interrupted extends Error {}
