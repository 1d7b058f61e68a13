import { isTerminal, type Task } from '@cortex/contracts'
import type { TaskStore } from './store/task-store.ts'

/** The task as it is once its status has changed, or at the end of the patience (milliseconds); at once when it has ended already. */
export async function waitForChange (store: TaskStore, id: string, patience: number, signal: AbortSignal): Promise<Task | null> {
  let unsubscribe = () => {}
  let known: Task['status'] | undefined
  let timer: NodeJS.Timeout | undefined
  try {
    const first = Promise.withResolvers<void>()
    if (patience > 0) {
      // Before the read, so that no change falls between.
      unsubscribe = store.subscribe(({ events }) => { if (events.some(({ task }) => task.id === id && task.status !== known)) first.resolve() })
      timer = setTimeout(first.resolve, patience)
      signal.addEventListener('abort', () => first.resolve(), { once: true })
    }
    const [task] = await store.get([id])
    if (!task || patience <= 0 || isTerminal(task.status)) return task ?? null
    known = task.status
    await first.promise
    return (await store.get([id]))[0] ?? null
  } finally {
    unsubscribe()
    clearTimeout(timer)
  }
}
