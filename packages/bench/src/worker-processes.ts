import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ProcessEnded } from './errors.ts'

export interface WorkerOptions {
  orchestrator: string
  agentId: string
  /** Tasks it takes at once. */
  capacity: number
}

const program = fileURLToPath(new URL('noop-worker.ts', import.meta.url))

/**
 * Lets worker processes end tasks until `tasks` of them are ended; answers the seconds from their being ready until then.
 * @throws CTX_BENCH_PROCESS_ENDED
 */
export async function endTasks ({ workers, tasks, ...options }: Omit<WorkerOptions, 'agentId'> & { workers: number, tasks: number }): Promise<number> {
  const children = Array.from({ length: workers }, (_, index) =>
    fork(program, [JSON.stringify({ ...options, agentId: `bench-${index}` })], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }))
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  let left = tasks
  try {
    const ready = children.map(async (child) => { await once(child, 'message') })
    for (const child of children) {
      child.once('exit', (code, signal) => reject(new ProcessEnded(code ?? signal)))
      child.on('message', (ended) => {
        if (typeof ended === 'number' && (left -= ended) <= 0) resolve()
      })
    }
    await Promise.race([Promise.all(ready), done])
    const began = performance.now()
    await done
    return (performance.now() - began) / 1_000
  } finally {
    const running = children.filter(({ connected }) => connected)
    const exited = running.map(async (child) => { await once(child, 'exit') })
    for (const child of running) child.disconnect()
    await Promise.all(exited)
  }
}
