import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Task } from '@cortex/contracts'
import t from 'tap'
import { listenToLog } from '../listen-to-log.ts'
import { only, type Orchestrate, result, temporaryFolder } from '../orchestrator.ts'

export function taskFiles (orchestrate: Orchestrate): void {
  t.test('a task is a whole JSON file before its create is answered, and the file follows the task to its result', async (t) => {
    const cortex = await orchestrate(t)
    const id = await cortex.create()
    const path = join(cortex.home, 'tasks', `${id}.json`)
    const read = async () => JSON.parse(await readFile(path, 'utf8')) as Task
    t.same(await read(), await cortex.task(id))
    await cortex.end(only(await cortex.lease()).lease_id, { kind: 'completed', result })
    await cortex.stop()
    t.match(await read(), { status: 'completed', result, metadata: { created_at: /Z$/, original_input: { title: 'Deploy it' } } })
  })

  t.test('a missing file is rebuilt at start; what is foreign or corrupt is left alone and named in the log', async (t) => {
    const first = await orchestrate(t)
    const { home } = first
    const [missing, corrupt] = [await first.create(), await first.create()]
    await first.stop()
    const tasks = join(home, 'tasks')
    await rm(join(tasks, `${missing}.json`))
    await writeFile(join(tasks, `${corrupt}.json`), '')
    await writeFile(join(tasks, 'notes.txt'), 'mine')
    await writeFile(join(tasks, 'task-chat-1700000000000-aaaaaaaaa.json'), '{"id":"task-chat-1700000000000-aaaaaaaaa"}')
    await writeFile(join(tasks, '.drafts', missing), '{"half":')
    const longAgo = new Date(Date.now() - 3_600_000)
    await utimes(join(tasks, '.drafts', missing), longAgo, longAgo)
    const log = listenToLog()
    const second = await first.restart({ logger: log.logger })
    t.match(await log.line(/no tasks of this store/), { files: ['notes.txt', 'task-chat-1700000000000-aaaaaaaaa.json'] })
    t.match(await log.line(/no whole JSON/), { files: [`${corrupt}.json`] })
    t.match(await log.line(/task files checked/), { rebuilt: 1 })
    await second.stop()
    t.match(JSON.parse(await readFile(join(tasks, `${missing}.json`), 'utf8')), { id: missing, status: 'queued' })
    t.equal(await readFile(join(tasks, 'notes.txt'), 'utf8'), 'mine')
    t.equal(await readFile(join(tasks, `${corrupt}.json`), 'utf8'), '')
    t.same((await readdir(tasks)).length, 5)
    t.same(await readdir(join(tasks, '.drafts')), [], 'the draft of a killed writer is gone')
  })

  t.test('no text is too odd for the file of its task to be made again, or for its task to be looked after', async (t) => {
    const first = await orchestrate(t)
    const odd = await first.create({ title: 'Half \ud83d', ref: 'half' }, { 'cortex-batch': 'odd' })
    const needs = await first.create({ title: 'Needs it', depends_on: ['half'] }, { 'cortex-batch': 'odd' })
    const gone = await first.create({ title: 'Gone' })
    await first.call('cortex_cancel_task', { task_id: gone, reason: 'no \0 more' })
    const { lease_id: lease } = only(await first.lease({ capacity: 1 }))
    await first.report(lease, { progress: { percent: 1, step: 'reading \ud83d' } })
    await first.stop()
    for (const id of [odd, needs, gone]) await rm(join(first.home, 'tasks', `${id}.json`))
    const log = listenToLog()
    const second = await first.restart({ logger: log.logger })
    t.match(await log.line(/task files checked/), { rebuilt: 3 })
    await second.stop()
  })

  t.test('a file that stayed behind its task is brought up to date at start, and what is no file is not opened', async (t) => {
    const first = await orchestrate(t)
    const { home } = first
    const id = await first.create()
    const path = join(home, 'tasks', `${id}.json`)
    const before = await readFile(path, 'utf8')
    await first.end(only(await first.lease()).lease_id, { kind: 'completed', result })
    await first.stop()
    await writeFile(path, before)
    const pipe = 'task-chat-1766779451040-2axt2h5cq.json'
    execFileSync('mkfifo', [join(home, 'tasks', pipe)])
    const log = listenToLog()
    const second = await first.restart({ logger: log.logger })
    t.match(await log.line(/no tasks of this store/), { files: [pipe] })
    t.match(await log.line(/task files checked/), { rebuilt: 1 })
    await second.create()
    await second.stop()
    t.match(JSON.parse(await readFile(path, 'utf8')), { status: 'completed', result })
  })

  t.test('a change that could not be written is written when the folder is back', async (t) => {
    const tasksDir = join(await temporaryFolder(t), 'tasks')
    const log = listenToLog()
    const cortex = await orchestrate(t, { tasksDir, logger: log.logger })
    const id = await cortex.create()
    await rename(tasksDir, `${tasksDir}-away`)
    await cortex.call('cortex_cancel_task', { task_id: id })
    await log.line(/could not be brought up to date/)
    await rename(`${tasksDir}-away`, tasksDir)
    await rm(join(tasksDir, '.drafts'), { recursive: true })
    const changes = watch(tasksDir)
    t.teardown(() => changes.close())
    const written = once(changes, 'change')
    await cortex.create()
    await written
    await cortex.stop()
    t.match(JSON.parse(await readFile(join(tasksDir, `${id}.json`), 'utf8')), { id })
  })
}
