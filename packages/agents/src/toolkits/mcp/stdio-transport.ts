import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { ReadBuffer, serializeMessage, type JSONRPCMessage, type Transport } from '@modelcontextprotocol/client'
import { signalGroup } from '../outward/process-group.ts'

export interface Program {
  argv: readonly string[]
  folder: string
  env: NodeJS.ProcessEnv
}

/** Milliseconds a server gets to end by itself when its input ends, and then when it is asked to. */
const grace = 1_000
const stderrKept = 4_000

/**
 * A server as a process of its own, spoken to over its pipes. Not the one of the package, which hands HOME, USER, SHELL and TERM of Cortex to the
 * server, starts it a second time to find out its version, and leaves behind what it started.
 */
export class StdioTransport implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  /** With `pid`, by what the package knows that this is a process and no HTTP server. */
  stderr = ''
  /** Whether it ended without being asked to. */
  ended = false
  readonly #program: Program
  readonly #buffer = new ReadBuffer()
  #child: ChildProcess | undefined
  #closing = false

  constructor (program: Program) {
    this.#program = program
  }

  get pid (): number | null {
    return this.#child?.pid ?? null
  }

  async start (): Promise<void> {
    const { argv, folder, env } = this.#program
    const child = spawn(argv[0]!, argv.slice(1), { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'], shell: false, detached: true })
    this.#child = child
    child.stdin.on('error', (error) => this.onerror?.(error))
    child.stdout.on('data', (chunk: Buffer) => this.#read(chunk))
    child.stderr.on('data', (chunk: Buffer) => { this.stderr = `${this.stderr}${chunk.toString('utf8')}`.slice(-stderrKept) })
    child.once('exit', () => {
      this.ended = !this.#closing
      signalGroup(child, 'SIGKILL')
      // What left the group may hold the pipes open for ever.
      setTimeout(() => child.stdio.forEach((stream) => stream?.destroy()), grace).unref()
    })
    child.once('close', () => this.onclose?.())
    await once(child, 'spawn')
    child.on('error', (error) => this.onerror?.(error))
  }

  async send (message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin
    if (!stdin?.writable) throw new Error('the server has ended')
    await new Promise<void>((resolve, reject) => stdin.write(serializeMessage(message), (error) => error ? reject(error) : resolve()))
  }

  async close (): Promise<void> {
    const child = this.#child
    this.#closing = true
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.stdin?.end()
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (await Promise.race([ended, sleep(grace, 'overdue', { ref: false })]) !== 'overdue') return
      signalGroup(child, signal)
    }
    await ended
  }

  #read (chunk: Buffer): void {
    try {
      this.#buffer.append(chunk)
    } catch (error) {
      // A message beyond the limit: there is no telling where the next one begins.
      this.onerror?.(error as Error)
      void this.close()
      return
    }
    for (;;) {
      try {
        const message = this.#buffer.readMessage()
        if (message === null) return
        this.onmessage?.(message)
      } catch (error) {
        this.onerror?.(error as Error)
      }
    }
  }
}
