import { Repository } from './repository.ts'
import { catchUp, isLockFault } from './work-tree.ts'

/**
 * Opens the workspace, and lets its index and work tree show what an earlier process committed and had no time to show.
 * @throws CTX_WORKSPACE_UNUSABLE
 */
export async function openWorkspace (path: string): Promise<{ repository: Repository, created: boolean }> {
  const opened = await Repository.open(path)
  // A person's git may hold the index at this moment; planning catches up as well.
  await catchUp(opened.repository).catch((error) => {
    if (!isLockFault(error)) throw error
  })
  return opened
}
