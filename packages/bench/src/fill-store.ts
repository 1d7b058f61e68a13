import { writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { openStore } from '@cortex/orchestrator'
import { createLogger } from '@cortex/service'
import { storedTask } from './stored-tasks.ts'

/** Records in one transaction: what is stored in an hour by creates takes a minute. */
const groupSize = 5_000
/** As many as the orchestrator keeps. */
const keptEvents = 100_000

/** Fills the store in a data folder, oldest task first, by the store's own code, from this process, while no other uses it; and its task files. Answers the ids. */
export async function fillStore (home: string, tasks: number, progress: (stored: number) => void): Promise<string[]> {
  const logger = createLogger({ level: 'warn', name: 'bench' })
  const { store, dispatcher } = await openStore({ folder: home, database: undefined, leaseDuration: 10_000, logger })
  const files = join(home, 'tasks')
  await mkdir(files)
  const until = new Date()
  const ids: string[] = []
  try {
    while (ids.length < tasks) {
      const from = ids.length
      const records = Array.from({ length: Math.min(groupSize, tasks - from) }, (_, index) => storedTask(from + index, tasks, until))
      ids.push(...await store.adopt(records))
      for (const { task } of records) writeFileSync(join(files, `${task.id}.json`), JSON.stringify(task, null, 2))
      if (ids.length % keptEvents !== 0) continue
      await store.trimEvents(keptEvents)
      progress(ids.length)
    }
    await untilIndexed(home)
    return ids
  } finally {
    await dispatcher.close()
    await store.close()
  }
}

/** Titles come into their index in the background, oldest first. */
async function untilIndexed (home: string): Promise<void> {
  const db = new DatabaseSync(join(home, 'tasks.db'), { readOnly: true })
  const behind = db.prepare('SELECT (SELECT max(n) FROM tasks) > n AS behind FROM titles_head')
  while (behind.get()?.behind === 1) await delay(1_000)
  db.close()
}
