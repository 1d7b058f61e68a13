import { chmodSync, closeSync, openSync, readdirSync, statSync } from 'node:fs'

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

/** What lies in a folder that is the data folder of Cortex. */
const ownNames = ['access.db', 'chat.db', 'tasks.db', 'tasks', 'workspace', 'service-token']

/** What is to be seen to in a data folder that was there before and keeps its rights; undefined when it is in order, or is no folder, which the start refuses. */
export function openFolderFault (path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isDirectory() || process.platform === 'win32' || (found.mode & 0o077) === 0) return undefined
  if ((found.mode & 0o1000) !== 0) return `CORTEX_HOME names ${path}, which all users of this machine share; name a folder in it`
  if (found.uid !== process.getuid?.()) return undefined
  const names = readdirSync(path)
  if (names.length > 0 && !names.some((name) => ownNames.includes(name))) return `CORTEX_HOME names ${path}, which other users of this machine can read and which holds what is not of Cortex; name a folder of its own`
  return `the data folder can be read by other users of this machine; run chmod 700 ${path}`
}
