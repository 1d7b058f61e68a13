import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { catchUpLater } from './catch-up.ts'
import { isIndexFault } from './index-lock.ts'
import { Repository } from './repository.ts'
import { catchUp } from './work-tree.ts'

/** Milliseconds after which nobody works any more with what was put aside. */
const abandoned = 3_600_000

/**
 * Opens the workspace, lets its index and work tree show what an earlier process committed and had no time to show, and clears away what one left that
 * was killed.
 * @throws CTX_WORKSPACE_UNUSABLE
 */
export async function openWorkspace (path: string): Promise<{ repository: Repository, created: boolean }> {
  const opened = await Repository.open(path)
  // A person's git may hold the index at this moment.
  await catchUp(opened.repository).catch((error) => {
    if (!isIndexFault(error)) throw error
    catchUpLater(opened.repository)
  })
  await clearAway(join(opened.repository.directory, '.git'))
  return opened
}

/** Indexes, blobs and files that were built aside; another agent's of the same workspace are younger. */
async function clearAway (folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((each) => /^cortex-[0-9a-f-]{36}\.(?:index|index\.lock|blobs|file)$/.test(each))) {
    const found = await stat(join(folder, name)).catch(() => null)
    if (found && Date.now() - found.mtimeMs > abandoned) await rm(join(folder, name), { recursive: true, force: true })
  }
}
