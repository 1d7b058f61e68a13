import { SqliteTaskStore } from '@cortex/orchestrator'
import { storedTask } from './stored-tasks.ts'

/** Records in one transaction: what is stored in an hour by creates takes a minute. */
const groupSize = 5_000
/** As many as the orchestrator keeps. */
const keptEvents = 100_000

/**
 * Fills the store in a data folder, oldest task first, without task files: by the store's own code, from this process, while no other uses it.
 * Answers the ids.
 */
export async function fillStore (home: string, tasks: number, progress: (stored: number) => void): Promise<string[]> {
  const store = new SqliteTaskStore({ folder: home, beforeCreate: async () => new Map(), uncreated: () => {} })
  const until = new Date()
  const ids: string[] = []
  try {
    while (ids.length < tasks) {
      const from = ids.length
      ids.push(...await store.adopt(Array.from({ length: Math.min(groupSize, tasks - from) }, (_, index) => storedTask(from + index, tasks, until))))
      if (ids.length % keptEvents !== 0) continue
      await store.trimEvents(keptEvents)
      progress(ids.length)
    }
    return ids
  } finally {
    await store.close()
  }
}
