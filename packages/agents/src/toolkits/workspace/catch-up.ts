import { setTimeout as sleep } from 'node:timers/promises'
import { isIndexFault } from './index-lock.ts'
import type { Repository } from './repository.ts'
import { catchUp } from './work-tree.ts'

const shortestWait = 1_000
const longestWait = 30_000

const behind = new WeakSet<Repository>()

/**
 * Shows what was committed while another git held the index, as soon as it is let go: until then a person's next commit would take the change back. It keeps no
 * process running; one that ends before leaves it to the next start.
 */
export function catchUpLater (repository: Repository): void {
  if (behind.has(repository)) return
  behind.add(repository)
  void (async () => {
    for (let wait = shortestWait; ; wait = Math.min(wait * 2, longestWait)) {
      await sleep(wait, undefined, { ref: false })
      try {
        await repository.serially(() => catchUp(repository))
        break
      } catch (error) {
        // Any other fault meets whoever plans or opens next, who can tell of it.
        if (!isIndexFault(error)) break
      }
    }
    behind.delete(repository)
  })()
}
