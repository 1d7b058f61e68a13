import { isTerminal, type Task } from '@cortex/contracts'
import type { TaskStore } from './store/task-store.ts'

/** The task as it is once its status has changed, or at the end of the patience (milliseconds); at once when it has ended already. */
export async function waitForChange (store: TaskStore, id: string, patience: number, signal: AbortSignal): Promise<Task | null> {
  let unsubscribe = () => {}
  let known: Task | undefined
  let told: Task | undefined
  let timer: NodeJS.Timeout | undefined
  try {
    const first = Promise.withResolvers<void>()
    // Older news than what was read may come late, as from another replica.
    const isNews = () => known !== undefined && told !== undefined && told.rev > known.rev && told.status !== known.status
    if (patience > 0) {
      // Before the read, so that no change falls between.
      unsubscribe = store.subscribe(({ events }) => {
        for (const { task } of events) if (task.id === id) told = task
        if (isNews()) first.resolve()
      })
      timer = setTimeout(first.resolve, patience)
      signal.addEventListener('abort', () => first.resolve(), { once: true })
    }
    known = (await store.get([id]))[0]
    if (!known || patience <= 0 || isTerminal(known.status)) return known ?? null
    if (!isNews()) await first.promise
    return (await store.get([id]))[0] ?? null
  } finally {
    unsubscribe()
    clearTimeout(timer)
  }
}
