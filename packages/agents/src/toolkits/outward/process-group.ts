import type { ChildProcess } from 'node:child_process'

/** A signal to a program that leads a process group, and to all it started; they may be gone already. */
export function signalGroup ({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, name)
  } catch (error) {
    // Where all that is left of a group is a zombie, some systems say that it may not be signalled.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
