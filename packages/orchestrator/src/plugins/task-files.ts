import { setImmediate } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { TaskFiles } from '../task-files/task-files.ts'

declare module 'fastify' {
  interface FastifyInstance { taskFiles: TaskFiles }
}

/** Keeps the task files up to date with the store, and rebuilds what is missing or stayed behind. */
export default fp<{ files: TaskFiles }>(async (app, { files }) => {
  app.decorate('taskFiles', files)
  app.taskStore.subscribe(({ events }) => {
    for (const { type, task } of events) if (type !== 'task.created') files.update(task)
  })
  app.addHook('onReady', async () => { void rebuild().catch((error: unknown) => app.log.error({ err: error }, 'task files could not be checked')) })
  app.addHook('onClose', async () => await files.close())

  async function rebuild (): Promise<void> {
    const { present, foreign, corrupt } = await files.inspect()
    const known = new Map(present.map(({ id, rev }) => [id, rev]))
    const broken = new Set(corrupt.map((name) => name.replace(/\.json$/, '')))
    const ours = new Set<string>()
    const doubtful: string[] = []
    for (const id of await app.taskStore.ids()) {
      ours.add(id)
      // A file that is missing, or whose revision can be compared with the task's.
      if (!broken.has(id) && known.get(id) !== null) doubtful.push(id)
    }
    let rebuilt = 0
    for (let at = 0; at < doubtful.length; at += 200) {
      for (const task of await app.taskStore.get(doubtful.slice(at, at + 200))) {
        if (known.get(task.id) === task.rev) continue
        files.update(task)
        rebuilt++
      }
      // The store answers at once; requests shall not wait for all of it.
      await setImmediate()
    }
    const strangers = [...foreign, ...present.flatMap(({ id }) => ours.has(id) ? [] : `${id}.json`)]
    if (strangers.length > 0) app.log.warn({ files: strangers.slice(0, 20), count: strangers.length }, 'TASKS_DIR holds files that are no tasks of this store; they are left alone')
    if (corrupt.length > 0) app.log.warn({ files: corrupt.slice(0, 20), count: corrupt.length }, 'TASKS_DIR holds task files that are no whole JSON; they are left alone until their task changes')
    app.log.info({ tasks: ours.size, rebuilt }, 'task files checked')
  }
}, { name: 'task-files', dependencies: ['task-store'] })
