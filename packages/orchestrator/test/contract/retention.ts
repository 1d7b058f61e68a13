import { access, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Task, TaskList, TaskLog, TaskStatusReport } from '@cortex/contracts'
import t, { type Test } from 'tap'
import { storeBounds } from '../../src/store/bounds.ts'
import { readFrames } from '../event-reader.ts'
import { listenToLog } from '../listen-to-log.ts'
import { only, type Orchestrate, type Orchestrator, result } from '../orchestrator.ts'

/** Everything that has ended is old enough. */
const atOnce = { taskDays: -1, archiveDays: 365, auditDays: 1_095 }
const error = { code: 'CTX_EXAMPLE', message: 'No room' }

async function complete (cortex: Orchestrator): Promise<void> {
  await cortex.end(only(await cortex.lease()).lease_id, { kind: 'completed', result })
}

/** Another orchestrator on the same data, after it has archived what has ended. */
async function archive (cortex: Orchestrator): Promise<Orchestrator> {
  const log = listenToLog()
  const next = await cortex.restart({ retention: atOnce, logger: log.logger })
  await log.line(/moved into the archive/)
  await log.line(/task files checked/)
  return next
}

const fileOf = ({ home }: Orchestrator, id: string) => join(home, 'tasks', `${id}.json`)

async function goneFile (t: Test, cortex: Orchestrator, id: string): Promise<void> {
  // The writer removes it behind the commit; what stops has written all.
  await cortex.stop()
  await t.rejects(access(fileOf(cortex, id)), { code: 'ENOENT' })
}

/** A worker's log of so many lines, each with so many characters. */
const logOf = (lines: number, length: number, first = 0) =>
  Array.from({ length: lines }, (_, index) => ({ at: new Date().toISOString(), level: 'info' as const, message: `${first + index} `.padEnd(length, '.') }))

export function retention (orchestrate: Orchestrate): void {
  t.test('tasks with long logs are archived in steps of a bounded size, and every line is still read by its number', async (t) => {
    const first = await orchestrate(t, { bounds: { ...storeBounds, partBytes: 5_000, partLines: 12 } })
    const ids = [await first.create({ title: 'Long' }), await first.create({ title: 'Wide' }), await first.create({ title: 'Short', category: 'general' }), await first.create({ title: 'None', category: 'general' })]
    const logs = [[logOf(30, 20), logOf(25, 20, 30)], [logOf(6, 3_000)], [logOf(3, 20)], []]
    const leases = new Map((await first.lease()).map(({ lease_id: lease, task }) => [task.id, lease]))
    for (const [index, id] of ids.entries()) {
      const lease = leases.get(id) ?? ''
      for (const log of logs[index] ?? []) t.equal((await first.report(lease, { log })).status, 200)
      await first.end(lease, { kind: 'completed', result })
    }
    const page = async (cortex: Orchestrator, id: string, from: number, limit: number) => (await cortex.send<TaskLog>('GET', `/v1/tasks/${id}/log?from=${from}&limit=${limit}`)).body
    const asked: Array<[id: string, from: number, limit: number]> = ids.flatMap((id) => [[0, 100], [0, 1], [5, 2], [11, 30], [54, 1], [55, 5], [70, 5]].map(([from = 0, limit = 0]): [string, number, number] => [id, from, limit]))
    const before = { tasks: await Promise.all(ids.map(first.task)), pages: await Promise.all(asked.map((each) => page(first, ...each))) }
    const cortex = await archive(first)
    t.same((await cortex.send<TaskList>('GET', '/v1/tasks')).body.tasks, [])
    t.same(await Promise.all(ids.map(cortex.task)), before.tasks)
    t.same(await Promise.all(asked.map((each) => page(cortex, ...each))), before.pages)
    t.equal(before.pages[0]?.lines.length, 55)
  })

  t.test('an archived task is read as before, is in no list, has no file, and can no longer be changed', async (t) => {
    const first = await orchestrate(t)
    const old = await first.create({ title: 'Old' })
    const { lease_id: lease } = only(await first.lease())
    await first.report(lease, { log: [{ at: new Date().toISOString(), level: 'info', message: 'read 3 files' }, { at: new Date().toISOString(), level: 'info', message: 'wrote 1' }] })
    await first.end(lease, { kind: 'completed', result })
    const live = await first.create({ title: 'Live', run_at: new Date(Date.now() + 3_600_000).toISOString() })
    const before = await first.task(old)
    const cortex = await archive(first)
    t.same(await cortex.task(old), before)
    t.match((await cortex.send<TaskLog>('GET', `/v1/tasks/${old}/log?from=1`)).body, { from: 1, total: 2, lines: [{ message: 'wrote 1' }] })
    t.match((await cortex.call<TaskStatusReport>('cortex_get_task_status', { task_id: old, wait_seconds: 30 })).body, { status: 'completed', title: 'Old', result })
    for (const tool of ['cortex_cancel_task', 'cortex_retry_task']) t.match(await cortex.refuse(tool, { task_id: old }), { status: 409, body: { code: 'CTX_TASK_ARCHIVED' } })
    t.same((await cortex.send<TaskList>('GET', '/v1/tasks')).body.tasks.map(({ id }) => id), [live])
    t.same((await cortex.send<TaskList>('GET', '/v1/tasks?text=Old')).body.tasks, [])
    await goneFile(t, cortex, old)
    t.same((await readdir(join(cortex.home, 'tasks'))).sort(), ['.drafts', `${live}.json`])
  })

  t.test('a part is kept as long as its whole, which may go on with it or take back what it did', async (t) => {
    const first = await orchestrate(t)
    const whole = await first.create({ title: 'Whole', category: 'general' })
    await first.end(only(await first.lease()).lease_id, { kind: 'sub_tasks', sub_tasks: [{ title: 'One', description: 'A', ref: 'one' }, { title: 'Two', description: 'B', depends_on: ['one'] }] })
    const [one = '', two = ''] = (await first.task(whole)).sub_tasks ?? []
    await complete(first)
    await first.call('cortex_cancel_task', { task_id: two })
    const other = await first.create({ title: 'Other' })
    await first.call('cortex_cancel_task', { task_id: other })
    const cortex = await archive(first)
    t.match(only(await cortex.lease()).sub_tasks, [{ task_id: one, status: 'completed', result }, { task_id: two, status: 'cancelled' }])
    await cortex.end(only(await cortex.lease({ held: [] })).lease_id, { kind: 'completed', result })
    const last = await archive(cortex)
    t.same((await last.send<TaskList>('GET', `/v1/tasks?parent_id=${whole}`)).body.tasks, [])
    t.match(await last.task(one), { parent_id: whole, status: 'completed' })
    t.match(await last.refuse('cortex_retry_task', { task_id: two }), { status: 409, body: { code: 'CTX_TASK_ARCHIVED' } })
  })

  t.test('a task may need an archived one, and a retry finds it met', async (t) => {
    const first = await orchestrate(t)
    const old = await first.create({ title: 'Old' })
    await complete(first)
    const broken = await first.create({ title: 'Broken' })
    await first.end(only(await first.lease()).lease_id, { kind: 'failed', error, retryable: false })
    const archived = await archive(first)
    // Without the retention of this moment what ends now is kept.
    const cortex = await archived.restart({ retention: { ...atOnce, taskDays: 30 } })
    const hopeless = await cortex.create({ title: 'Hopeless', depends_on: [broken] })
    t.match(await cortex.task(hopeless), { status: 'cancelled', metadata: { cancel_reason: 'Needs “Broken”, which failed' } })
    t.match(await cortex.refuse('cortex_retry_task', { task_id: hopeless }), { status: 409, body: { code: 'CTX_DEPENDENCY_HOPELESS', detail: /“Broken”, which failed and is in the archive\. Create both anew/ } })
    const needy = await cortex.create({ title: 'Needy', depends_on: [old] })
    t.match(await cortex.task(needy), { status: 'queued', depends_on: [old] })
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'failed', error, retryable: false })
    t.match((await cortex.call('cortex_retry_task', { task_id: needy })).body, { status: 'queued' })
    await complete(cortex)
    t.match(await cortex.task(needy), { status: 'completed' })
  })

  t.test('what a live task needs is not archived before it', async (t) => {
    const first = await orchestrate(t)
    const needed = await first.create({ title: 'Needed' })
    await complete(first)
    await first.create({ depends_on: [needed], run_at: new Date(Date.now() + 3_600_000).toISOString() })
    const other = await first.create()
    await first.call('cortex_cancel_task', { task_id: other })
    const cortex = await archive(first)
    t.same((await cortex.send<TaskList>('GET', '/v1/tasks?status=completed')).body.tasks.map(({ id }) => id), [needed])
    t.same((await cortex.send<TaskList>('GET', '/v1/tasks?status=cancelled')).body.tasks, [])
  })

  t.test('a crash between the archive and the files loses nothing: the next start removes what was left', async (t) => {
    const first = await orchestrate(t)
    const old = await first.create({ title: 'Old' })
    await complete(first)
    await first.stop()
    const text = await readFile(fileOf(first, old), 'utf8')
    const second = await archive(first)
    await goneFile(t, second, old)
    await writeFile(fileOf(first, old), text)
    const log = listenToLog()
    const third = await second.restart({ logger: log.logger })
    await log.line(/task files checked/)
    t.match(await third.task(old), { status: 'completed', payload: { title: 'Old' } })
    await goneFile(t, third, old)
  })

  t.test('many tasks are archived in parts, with their events; a reader that comes back from before is told to begin anew', async (t) => {
    const first = await orchestrate(t)
    const ids = await Promise.all(Array.from({ length: 120 }, (_, index) => first.create({ title: `Old ${index}` })))
    const middle = (JSON.parse((await readFrames(t, `${first.url}/v1/events?after=5`, ({ id }) => id !== undefined)).at(-1)?.data ?? '') as { seq: number }).seq
    await Promise.all(ids.map((id) => first.call('cortex_cancel_task', { task_id: id })))
    const cortex = await archive(first)
    t.same((await cortex.send<TaskList>('GET', '/v1/tasks')).body.tasks, [])
    t.match(await cortex.task(ids[0] ?? ''), { status: 'cancelled' })
    const [ready, reset] = await readFrames(t, `${cortex.url}/v1/events?after=${middle}`, (_, frames) => frames.length === 2)
    t.match([ready?.event, reset?.event], ['ready', 'reset'])
    const { seq } = JSON.parse(reset?.data ?? '') as { seq: number }
    const live = await cortex.create({ title: 'Live' })
    const frames = await readFrames(t, `${cortex.url}/v1/events?after=${seq}`, ({ id }) => id !== undefined)
    t.same(frames.map(({ event }) => event), ['ready', 'task.created'])
    t.match(JSON.parse(frames.at(-1)?.data ?? '') as { task: Task }, { seq: seq + 1, task: { id: live } })
  })
}
