import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { AgentsOptions } from '@cortex/agents'
import { ProcessEnded } from './errors.ts'
import { startFlags } from './start-command.ts'

/** What is to run. */
export interface ServicesOptions {
  /** Data folder. */
  home: string
  /** PostgreSQL instead of SQLite. */
  databaseUrl?: string
  /** Tasks that may run at once; the orchestrator's own limit unless given. */
  concurrency?: number
  /** A model for the chat; there is no chat without. */
  modelUrl?: string
  /** Agents with these definitions; there are none without. */
  agents?: Pick<AgentsOptions, 'workspace' | 'toolkitsFile' | 'mastersFolder' | 'runbooksFolder'>
}

/** Where the process under test answers, without a slash at the end. */
export interface Addresses {
  pid: number
  orchestrator: string
  /** The route itself. */
  echo: string
  /** Empty when there is no model for it. */
  chat: string
  /** Folder of the task files. */
  tasks: string
}

/** A queue that could take the place of the store. */
export interface PeerOptions {
  kind: 'pg-boss' | 'bullmq'
  /** Of its PostgreSQL or Redis. */
  address: string
  /** Tells what a create may hold. */
  orchestrator: string
}

/**
 * Runs work against services in a process of their own, so that what sends the load does not sit on the thread that answers it.
 * @throws CTX_BENCH_PROCESS_ENDED
 */
export async function withServices<T> (options: ServicesOptions, work: (addresses: Addresses) => Promise<T>): Promise<T> {
  return await withProcess('process-under-test.ts', options, work)
}

/**
 * The same for a peer behind a route of ours, whose address it answers.
 * @throws CTX_BENCH_PROCESS_ENDED
 */
export async function withPeer<T> (options: PeerOptions, work: (url: string) => Promise<T>): Promise<T> {
  return await withProcess('peer-under-test.ts', options, work)
}

/** The program gets its options as JSON, says by its first message that it is ready, and ends when it is let go. */
async function withProcess<Ready, T> (program: string, options: object, work: (ready: Ready) => Promise<T>): Promise<T> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [JSON.stringify(options)], { execArgv: await startFlags(), stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  try {
    const [first] = await Promise.race([once(child, 'message'), exited.then(([code, signal]) => { throw new ProcessEnded(code ?? signal) })]) as [Ready]
    return await work(first)
  } finally {
    if (child.connected) child.disconnect()
    await exited
  }
}
