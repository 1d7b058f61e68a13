import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandFailed } from '../../errors.ts'
import { environmentOf } from '../outward/definition.ts'
import { hidePassed } from '../outward/hide-passed.ts'
import { signalGroup } from '../outward/process-group.ts'
import type { Command } from './definition.ts'

export interface CommandEnd {
  /** null when a signal ended it. */
  code: number | null
  stdout: string
  stderr: string
  /** Bytes of both that were not kept. */
  dropped: number
  /** Whether its time was over. */
  overdue: boolean
}

/** Milliseconds between asking to stop and stopping, and between the end of a program and that of its output. */
const grace = 2_000

/**
 * Runs a program by its arguments, in a process group of its own, with no input and nothing of Cortex's environment but PATH and what the entry
 * names. Whatever it started is ended with it. It is stopped when its time is over or `signal` fires.
 * @throws CTX_COMMAND_FAILED when it cannot be started; the reason of `signal`
 */
export async function runCommand (argv: readonly string[], command: Command, own: NodeJS.ProcessEnv, signal: AbortSignal): Promise<CommandEnd> {
  signal.throwIfAborted()
  const home = await mkdtemp(join(tmpdir(), 'cortex-shell-'))
  try {
    const child = spawn(argv[0]!, argv.slice(1), {
      cwd: command.folder ?? home,
      env: environmentOf(command, own, home),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: false,
      detached: true
    })
    const { stdout, stderr, ...end } = await attend(child, command, signal)
    return { ...end, stdout: hidePassed(stdout, command.env_from, own), stderr: hidePassed(stderr, command.env_from, own) }
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function attend (child: ChildProcess, { name, folder, timeout_seconds: seconds, max_bytes: limit }: Command, signal: AbortSignal): Promise<CommandEnd> {
  const output = { stdout: new Kept(child.stdout!, limit), stderr: new Kept(child.stderr!, limit) }
  const closed = once(child, 'close')
  const ended = once(child, 'exit')
  // Only `ended` is asked first; the other one must not be an error nobody heard.
  closed.catch(() => {})
  let overdue = false
  const timers: NodeJS.Timeout[] = []
  const stop = () => {
    signalGroup(child, 'SIGTERM')
    timers.push(setTimeout(() => signalGroup(child, 'SIGKILL'), grace))
  }
  timers.push(setTimeout(() => {
    overdue = true
    stop()
  }, seconds * 1_000))
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    await ended.catch((error: NodeJS.ErrnoException) => {
      const missing = `there is no program ${child.spawnfile}${folder === undefined ? '' : `, or no folder ${folder}`}`
      throw commandFailed(name, error.code === 'ENOENT' ? missing : `it cannot be started: ${error.message}`)
    })
    signalGroup(child, 'SIGKILL')
    // What left the group may hold the pipes open for ever.
    timers.push(setTimeout(() => {
      child.stdout?.destroy()
      child.stderr?.destroy()
    }, grace))
    await closed
    signal.throwIfAborted()
    return { code: child.exitCode, stdout: output.stdout.text, stderr: output.stderr.text, dropped: output.stdout.dropped + output.stderr.dropped, overdue }
  } finally {
    for (const timer of timers) clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** The beginning of a stream; the rest is read, so that the program does not stand still, and dropped. */
class Kept {
  readonly #chunks: Buffer[] = []
  #size = 0
  dropped = 0

  constructor (stream: NodeJS.ReadableStream, limit: number) {
    stream.on('data', (chunk: Buffer) => {
      const room = Math.max(0, limit - this.#size)
      if (room > 0) this.#chunks.push(chunk.subarray(0, room))
      this.#size += Math.min(room, chunk.length)
      this.dropped += Math.max(0, chunk.length - room)
    })
  }

  get text (): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }
}
