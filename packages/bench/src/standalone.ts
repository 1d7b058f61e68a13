import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ProcessEnded } from './errors.ts'
import { root, startCommand } from './start-command.ts'

export interface ReadyFile { readonly pid: number, readonly chat_url: string, readonly orchestrator_url: string }

/**
 * Runs what `npm start` runs, less npm itself, on a data folder. Answers how long it took to be ready, in milliseconds, and ends the process after `work`.
 * @throws CTX_BENCH_PROCESS_ENDED
 */
export async function startStandalone (home: string, work: (ready: ReadyFile) => Promise<void>): Promise<number> {
  const command = await startCommand()
  const began = performance.now()
  // The offline planner answers on an own folder, whatever the shell of who measures has.
  const { ANTHROPIC_API_KEY: _key, ANTHROPIC_BASE_URL: _url, TASKS_DIR: _tasks, CORTEX_WORKSPACE: _workspace, ...shell } = process.env
  const env = { ...shell, CORTEX_HOME: home, PORT: '0', ORCHESTRATOR_PORT: '0', LOG_LEVEL: 'info' }
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  try {
    await Promise.race([readyLine(child), exited.then(([code, signal]) => { throw new ProcessEnded(code ?? signal) })])
    const ready = performance.now()
    await work(JSON.parse(await readFile(join(home, 'ready.json'), 'utf8')) as ReadyFile)
    return ready - began
  } finally {
    child.kill('SIGTERM')
    await exited
  }
}

/** Reads on after it, or the pipe fills and the process waits for a reader. */
async function readyLine ({ stdout }: ChildProcess): Promise<void> {
  if (!stdout) throw new ProcessEnded('no output')
  const ready = Promise.withResolvers<void>()
  createInterface({ input: stdout }).on('line', (line) => { if (line.includes('"msg":"ready: ')) ready.resolve() })
  await ready.promise
}
