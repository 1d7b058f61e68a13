import { setTimeout as delay } from 'node:timers/promises'
import { openStore } from '@cortex/orchestrator'
import { createLogger } from '@cortex/service'
import { cluster, storedTask } from './stored-tasks.ts'

/** Records in one transaction: what is stored in an hour by creates takes a minute. */
const groupSize = 5_000
/** The newest are looked through one by one; before those, what the index of titles lacks is not found. */
const lookedThrough = 60_000
/** As many as the orchestrator keeps. */
const keptEvents = 100_000

/**
 * Fills the store in a data folder, oldest task first, without task files: by the store's own code, from this process, while no other uses it.
 * Answers the ids.
 */
export async function fillStore (home: string, tasks: number, progress: (stored: number) => void): Promise<string[]> {
  const logger = createLogger({ level: 'warn', name: 'bench' })
  const { store, dispatcher } = await openStore({ folder: home, database: undefined, leaseDuration: 10_000, logger, beforeCreate: async () => new Map(), uncreated: () => {} })
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
    await untilIndexed(store, tasks)
    return ids
  } finally {
    await dispatcher.close()
    await store.close()
  }
}

/** Titles come into their index in the background, oldest first. */
async function untilIndexed ({ list }: Awaited<ReturnType<typeof openStore>>['store'], tasks: number): Promise<void> {
  if (tasks <= lookedThrough) return
  while ((await list({ text: cluster(tasks - lookedThrough), limit: 1 })).tasks.length === 0) await delay(1_000)
}
