import fp from 'fastify-plugin'
import { TaskFiles } from '../task-files/task-files.ts'

declare module 'fastify' {
  interface FastifyInstance { taskFiles: TaskFiles }
}

/** Keeps the task files up to date with the store, and rebuilds what is missing. */
export default fp<{ files: TaskFiles }>(async (app, { files }) => {
  app.decorate('taskFiles', files)
  app.taskStore.subscribe(({ events }) => {
    for (const { type, task } of events) if (type !== 'task.created') files.update(task)
  })
  app.addHook('onReady', async () => { void rebuild().catch((error: unknown) => app.log.error({ err: error }, 'task files could not be checked')) })
  app.addHook('onClose', async () => await files.close())

  async function rebuild (): Promise<void> {
    const { present, foreign, corrupt } = await files.inspect()
    const strangers = [...foreign]
    const known = new Set(present)
    const ours = new Set<string>()
    const missing: string[] = []
    for (const id of await app.taskStore.ids()) {
      ours.add(id)
      if (!known.has(id)) missing.push(id)
    }
    for (const id of present) if (!ours.has(id)) strangers.push(`${id}.json`)
    const broken = new Set(corrupt.map((name) => name.replace(/\.json$/, '')))
    const absent = missing.filter((id) => !broken.has(id))
    for (let at = 0; at < absent.length; at += 200) for (const task of await app.taskStore.get(absent.slice(at, at + 200))) files.update(task)
    if (strangers.length > 0) app.log.warn({ files: strangers.slice(0, 20), count: strangers.length }, 'TASKS_DIR holds files that are no tasks of this store; they are left alone')
    if (corrupt.length > 0) app.log.warn({ files: corrupt.slice(0, 20), count: corrupt.length }, 'TASKS_DIR holds task files that are no whole JSON; they are left alone until their task changes')
    app.log.info({ tasks: ours.size, rebuilt: absent.length }, 'task files checked')
  }
}, { name: 'task-files', dependencies: ['task-store'] })
