import fp from 'fastify-plugin'
import { rest } from '../rest.ts'
import { TaskFiles } from '../task-files/task-files.ts'

declare module 'fastify' {
  interface FastifyInstance { taskFiles: TaskFiles }
}

/** Tasks looked at in one step of the check: some milliseconds of both threads, so that neither requests nor new files feel how many there are. */
const pageSize = 50
/** Files whose text is compared with the store, newest first: those are the ones whose last change may not have been written. Of the others, only that they are there. */
const comparedFiles = 20_000
/** Names told in one line of the log. */
const namesTold = 20

/** Keeps the task files up to date with the store, and rebuilds what is missing or stayed behind. Of several processes, the elected one does. */
export default fp<{ files: TaskFiles }>(async (app, { files }) => {
  app.decorate('taskFiles', files)
  app.addHook('onClose', async () => await files.close())
  const ready = Promise.withResolvers<void>()
  app.addHook('onReady', async () => ready.resolve())

  app.taskStore.onElected(() => {
    const changed = new Set<string>()
    const unsubscribe = app.taskStore.subscribe(({ events, archived, filed }) => {
      for (const { type, task } of events) {
        if (filed && type === 'task.created') continue
        changed.add(task.id)
        files.update(task)
      }
      files.remove(archived)
    })
    void ready.promise.then(() => check(changed)).catch((error: unknown) => {
      if (!app.closing.aborted) app.log.error({ err: error }, 'task files could not be checked')
    })
    return () => {
      unsubscribe()
      files.drop()
    }
  })

  /** @param changed told of by events while a page is looked at: their newest state is on its way already */
  async function check (changed: Set<string>): Promise<void> {
    const [rebuilt, corrupt] = await rebuild(changed)
    const strangers = await findStrangers()
    if (strangers.count > 0) app.log.warn({ files: strangers.names, count: strangers.count }, 'TASKS_DIR holds files that are no tasks of this store; they are left alone')
    if (corrupt.length > 0) app.log.warn({ files: corrupt.slice(0, namesTold), count: corrupt.length }, 'TASKS_DIR holds task files that are no whole JSON; they are left alone until their task changes')
    app.log.info({ rebuilt }, 'task files checked')
  }

  async function rebuild (changed: Set<string>): Promise<[rebuilt: number, corrupt: string[]]> {
    const corrupt: string[] = []
    let rebuilt = 0
    let seen = 0
    for (let last: string | null = null; !app.closing.aborted;) {
      const began = performance.now()
      changed.clear()
      const page = await app.taskStore.ids(last, pageSize)
      const found = await files.compare(page, seen < comparedFiles)
      corrupt.push(...found.corrupt)
      for (const task of await app.taskStore.get(found.behind)) {
        if (changed.has(task.id)) continue
        files.update(task)
        rebuilt++
      }
      await files.idle()
      seen += page.length
      last = page.at(-1)?.id ?? null
      if (page.length < pageSize) break
      await rest(began, app.closing)
    }
    return [rebuilt, corrupt]
  }

  /** What lies in the folder and belongs to no task. Files of archived tasks go, as they would have when those were archived. */
  async function findStrangers (): Promise<{ names: string[], count: number }> {
    const names: string[] = []
    let count = 0
    for (let more = true; more && !app.closing.aborted;) {
      const began = performance.now()
      const page = await files.list(pageSize)
      const places = await app.taskStore.locate(page.ids)
      files.remove(page.ids.filter((id) => places.get(id) === 'archived'))
      const strangers = [...page.foreign, ...page.ids.flatMap((id) => places.has(id) ? [] : `${id}.json`)]
      count += strangers.length
      names.push(...strangers.slice(0, namesTold - names.length))
      more = page.more
      if (more) await rest(began, app.closing)
    }
    return { names, count }
  }
}, { name: 'task-files', dependencies: ['task-store'] })
