import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { ProcessEnded } from '../errors.ts'
import { spread } from '../measure/statistics.ts'
import { row, type Scenario } from '../scenario.ts'
import { root, startCommand } from '../start-command.ts'

const rounds = 5
/** How long the process is left alone before its memory is read. Milliseconds. */
const idle = 5_000

/** What `npm start` runs, less npm itself, once the page is built: each time on an empty data folder. */
const start: Scenario = {
  name: 'start',
  about: 'the standalone process on an empty data folder: from its spawn to the line that says ready, and its memory when nothing is asked of it',
  run: async ({ folder, say }) => {
    say('once to build the page')
    await startOnce(join(folder, 'warm-up'), async () => {})
    const seconds: number[] = []
    const megabytes: number[] = []
    for (let round = 0; round < rounds; round++) {
      say(`start ${round + 1} of ${rounds}, then ${idle / 1_000} s idle`)
      seconds.push(await startOnce(join(folder, `${round}`), async (pid) => {
        await delay(idle)
        if (platform() === 'linux') megabytes.push(await residentMegabytes(pid))
      }) / 1_000)
    }
    const rows = [row('start → ready', 's', spread(seconds), { is: 'below', value: 3 })]
    if (megabytes.length > 0) rows.push(row(`resident memory, ${idle / 1_000} s idle`, 'MB', spread(megabytes), { is: 'below', value: 200 }))
    return rows
  }
}
export default start

/**
 * Answers how long it took to be ready, in milliseconds, and ends the process after `work`.
 * @throws CTX_BENCH_PROCESS_ENDED
 */
async function startOnce (home: string, work: (pid: number) => Promise<void>): Promise<number> {
  const command = await startCommand()
  const began = performance.now()
  // An empty variable counts as not set: the offline planner answers, whatever the shell of who measures has.
  const env = { ...process.env, CORTEX_HOME: home, PORT: '0', ORCHESTRATOR_PORT: '0', ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: '', TASKS_DIR: '', CORTEX_WORKSPACE: '', LOG_LEVEL: 'info' }
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  try {
    await Promise.race([readyLine(child), exited.then(([code, signal]) => { throw new ProcessEnded(code ?? signal) })])
    const ready = performance.now()
    await work((JSON.parse(await readFile(join(home, 'ready.json'), 'utf8')) as { pid: number }).pid)
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

/** Of the whole process. Only Linux tells it in a file, in kB. */
async function residentMegabytes (pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024
}
