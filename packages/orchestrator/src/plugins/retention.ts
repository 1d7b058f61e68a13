import fp from 'fastify-plugin'
import { rest } from '../rest.ts'

/** How long what has ended is kept. */
export interface Retention {
  /** Days an ended task stays in the lists, with its file; then it moves into the archive. */
  readonly taskDays: number
  /** Days after which an archived task is forgotten. */
  readonly archiveDays: number
  /** Days the audit is kept. */
  readonly auditDays: number
}

/** Events kept for readers that come back. */
const keptEvents = 100_000
/** Milliseconds between two rounds. */
const interval = 60_000
const day = 86_400_000

/** Keeps the store from growing without bound. One process does it for all. */
export default fp<{ retention: Retention }>(async (app, { retention: { taskDays, archiveDays, auditDays } }) => {
  const store = app.taskStore
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> | null = null

  const run = async () => {
    await store.trimEvents(keptEvents)
    const now = Date.now()
    let archived = 0
    for (let more = true; more && !app.closing.aborted;) {
      const began = performance.now()
      const step = await store.archive(new Date(now - taskDays * day))
      archived += step.tasks
      more = step.more
      if (more) await rest(began, app.closing)
    }
    await store.trimArchive(dayBefore(now, archiveDays))
    let dropped = false
    while (!app.closing.aborted && await store.trimAudit(dayBefore(now, auditDays))) dropped = true
    if (dropped) app.log.info('old lines of the audit were dropped')
    if (archived > 0) app.log.info({ tasks: archived }, 'ended tasks moved into the archive')
  }
  const begin = () => {
    round ??= run().catch((error: unknown) => {
      if (!app.closing.aborted) app.log.error({ err: error }, 'nothing could be archived; it is tried again')
    }).finally(() => { round = null })
  }

  store.onElected(() => {
    begin()
    timer = setInterval(begin, interval)
    return () => clearInterval(timer)
  })
  app.addHook('preClose', async () => {
    clearInterval(timer)
    await round
  })
}, { name: 'retention', dependencies: ['task-store'] })

/** `YYYY-MM-DD`, so many days ago. */
function dayBefore (now: number, days: number): string {
  return new Date(now - days * day).toISOString().slice(0, 10)
}
