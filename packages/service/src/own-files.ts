import { chmodSync, closeSync, openSync, statSync } from 'node:fs'
import type { FastifyBaseLogger } from 'fastify'

/** Makes sure of a file that its owner alone can read, whatever the folder and the umask: what is stored may be anybody's business but not everybody's. */
export function keepPrivate (path: string): void {
  closeSync(openSync(path, 'a', 0o600))
  try {
    chmodSync(path, 0o600)
  } catch (error) {
    // Somebody else's file that this process may write to: their rights.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
  }
}

/** A data folder that was there before keeps its rights; whose it is hears of it. */
export function warnOfOpenFolder (path: string, logger: Pick<FastifyBaseLogger, 'warn'>): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found || process.platform === 'win32' || found.uid !== process.getuid?.() || (found.mode & 0o077) === 0) return
  logger.warn({ folder: path, mode: (found.mode & 0o777).toString(8) }, `the data folder can be read by other users of this machine; run chmod 700 ${path}`)
}
