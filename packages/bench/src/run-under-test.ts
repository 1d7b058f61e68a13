import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ProcessEnded } from './errors.ts'
import { startFlags } from './start-command.ts'

/** Where the process under test answers, without a slash at the end. */
export interface Addresses {
  orchestrator: string
  /** The route itself. */
  echo: string
  /** Empty when there is no model for it. */
  chat: string
  /** Folder of the task files. */
  tasks: string
}

const program = fileURLToPath(new URL('process-under-test.ts', import.meta.url))

/**
 * Runs work against services in a process of their own, so that what sends the load does not sit on the thread that answers it.
 * @throws CTX_BENCH_PROCESS_ENDED
 */
export async function withServices<T> ({ home, modelUrl = '' }: { home: string, modelUrl?: string }, work: (addresses: Addresses) => Promise<T>): Promise<T> {
  const child = fork(program, [home, modelUrl], { execArgv: await startFlags(), stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  try {
    const [first] = await Promise.race([once(child, 'message'), exited.then(([code, signal]) => { throw new ProcessEnded(code ?? signal) })]) as [Addresses]
    return await work(first)
  } finally {
    if (child.connected) child.disconnect()
    await exited
  }
}
