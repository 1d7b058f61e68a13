import { spawn, type ChildProcess } from 'node:child_process'
import { on, once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { OrchestratorOptions } from '../../src/index.ts'
import { speakTo } from '../orchestrator.ts'

const program = fileURLToPath(new URL('../server-process.ts', import.meta.url))
const steppingClock = fileURLToPath(new URL('stepping-clock.ts', import.meta.url))

export interface TestOwner { teardown (work: () => Promise<unknown>): void }

export type ProcessOptions = Partial<Omit<OrchestratorOptions, 'logger'>> & { home: string }

export interface SpawnOptions {
  /** A command that runs the process, as one that gives it a small disk. */
  prefix?: readonly string[]
}

/** An orchestrator in a process of its own, and what its clients say to it. */
export async function spawnOrchestrator (t: TestOwner, options: ProcessOptions, { prefix = [] }: SpawnOptions = {}) {
  const [command = process.execPath, ...args] = [...prefix, process.execPath, '--import', steppingClock, program, JSON.stringify({ host: '127.0.0.1', port: 0, ...options })]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  /** Sends the signal and answers how it ended. */
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => await endProcess(child, signal)
  t.teardown(() => kill())
  const lines = createInterface({ input: child.stdout })
  const said = async (start: string) => {
    for await (const [line] of on(lines, 'line', { close: ['close'] }) as AsyncIterable<[string]>) if (line.startsWith(start)) return line
    throw new Error('the orchestrator ended before it was ready')
  }
  const { url } = JSON.parse(await said('{"url"')) as { url: string }
  return {
    kill,
    pid: child.pid,
    /** Puts the clock of the process back by an hour. */
    async stepBack () {
      const stepped = said('the clock')
      child.kill('SIGWINCH')
      await stepped
    },
    ...speakTo(url)
  }
}

export async function endProcess (child: ChildProcess, signal: NodeJS.Signals): Promise<[code: number | null, signal: NodeJS.Signals | null]> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal)
    await once(child, 'exit')
  }
  return [child.exitCode, child.signalCode]
}
