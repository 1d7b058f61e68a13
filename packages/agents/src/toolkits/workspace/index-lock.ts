import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TaskFault, workspaceLocked } from '../../errors.ts'
import type { Repository } from './repository.ts'

const attempts = 8

/** Whether a git, that of a person or of a program, holds the index, or left its lock there when it was killed. */
export async function isIndexLocked ({ directory }: Repository): Promise<boolean> {
  return access(lockIn(directory)).then(() => true, () => false)
}

/** Waits until nobody holds the index. @param patience milliseconds after which it returns all the same */
export async function awaitIndex (repository: Repository, patience: number, signal: AbortSignal): Promise<void> {
  const giveUp = Date.now() + patience
  while (await isIndexLocked(repository) && Date.now() < giveUp) await sleep(100, undefined, { signal })
}

/**
 * Work that takes the index, which another git may hold for a moment.
 * @throws CTX_WORKSPACE_LOCKED
 */
export async function withIndex (repository: Repository, work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work()
      return
    } catch (error) {
      if (!isLockFault(error)) throw error
      if (attempt === attempts) throw lockFault(repository)
      await sleep(50 * attempt)
    }
  }
}

export function lockFault ({ directory }: Repository): TaskFault {
  return workspaceLocked(lockIn(directory))
}

/** What git says when another one holds what it wants. */
export function isLockFault (error: unknown): boolean {
  return error instanceof TaskFault && error.code === 'CTX_GIT_FAILED' && /\.lock'?: File exists|cannot lock ref/i.test(error.message)
}

export function isIndexFault (error: unknown): error is TaskFault {
  return error instanceof TaskFault && error.code === 'CTX_WORKSPACE_LOCKED'
}

function lockIn (directory: string): string {
  return join(directory, '.git', 'index.lock')
}
