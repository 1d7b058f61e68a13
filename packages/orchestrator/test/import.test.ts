import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { chmod, lstat, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { taskIdPattern, type Task } from '@cortex/contracts'
import t, { type Test } from 'tap'
import { runCli } from '../../cli/src/run.ts'
import type { FileReport, ImportReport } from '../src/import/report.ts'
import { only, orchestrate, result, temporaryFolder } from './orchestrator.ts'

const main = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url))
const id = 'task-chat-1766779451040-2axt2h5cq'
const whole = { summary: 'Up', evidence: [{ claim: 'Read back', detail: 'ok' }] }
const created = '2025-12-26T20:04:11.040Z'

/** A whole file as the first version wrote it. */
function oldTask (over: Record<string, unknown> = {}) {
  return {
    id,
    type: 'user_query',
    priority: 3,
    status: 'completed',
    payload: { query: 'Set up Prometheus', title: 'Deploy monitoring', category: 'infrastructure' },
    metadata: { created_at: created, updated_at: '2025-12-26T20:06:00.000Z', source: 'chat' },
    ...over
  }
}

/** A folder of the first version, and a run of the import on it. */
async function place (t: Test, files: Record<string, unknown>) {
  const root = await temporaryFolder(t)
  const folder = join(root, 'old tasks')
  const home = join(root, 'home')
  await mkdir(folder)
  const add = async (name: string, content: unknown) => {
    await writeFile(join(folder, name), typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content))
    await utimes(join(folder, name), 1_700_000_000, 1_700_000_000)
  }
  for (const [name, content] of Object.entries(files)) await add(name, content)
  const run = (args: string[], env: Record<string, string> = {}) => runHere(args, { CORTEX_HOME: home, ...env })
  async function report (...options: string[]): Promise<ImportReport & { summary: Record<string, number>, file: (name: string) => FileReport }> {
    const { code, stdout, stderr } = await run([folder, '--json', ...options])
    if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`)
    const parsed = JSON.parse(stdout) as ImportReport & { summary: Record<string, number> }
    return { ...parsed, file: (name) => only(parsed.files.filter(({ file }) => file === name)) }
  }
  return { folder, home, add, run, report }
}

/** As `npm run import` in a process of its own, for what a process adds: its exit code and its streams. */
function runProcess (args: string[], env: Record<string, string>): Promise<{ code: number, stdout: string, stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, 'import', ...args], { env: { PATH: process.env.PATH, ...env }, maxBuffer: 1e8 }, (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }))
  })
}

async function runHere (args: string[], env: Record<string, string>): Promise<{ code: number, stdout: string, stderr: string }> {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const texts = [text(out), text(err)]
  const code = await runCli(['import', ...args], { env, stdin: new PassThrough(), stdout: out, stderr: err, signal: new AbortController().signal })
  out.end()
  err.end()
  const [stdout = '', stderr = ''] = await Promise.all(texts)
  return { code, stdout, stderr }
}

t.test('every oddity of an old folder is taken, mapped or refused by name, and nothing in the folder changes', async (t) => {
  const deep = `${'{"a":'.repeat(80)}1${'}'.repeat(80)}`
  const { folder, report } = await place(t, {
    [`${id}.json`]: oldTask({ result: whole }),
    'z copy of it.json': oldTask({ status: 'failed' }),
    'a copy of it.json': oldTask({ status: 'failed' }),
    'bom.json': Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(JSON.stringify(oldTask({ id: 'with-bom' })))]),
    'zeros.json': Buffer.alloc(512),
    'torn.json': JSON.stringify(oldTask({ id: 'torn' })).slice(0, 90),
    'list.json': [oldTask()],
    'null.json': 'null',
    'html.json': '<html></html>',
    'latin.json': Buffer.from('{"id":"caf\xe9"}', 'latin1'),
    'huge.json': { id: 'huge', text: 'x'.repeat(5_000_000) },
    'deep.json': `{"id":"deep","x":${deep}}`,
    'package.json': { name: 'x', description: 'y' },
    'notes.txt': 'mine',
    'bare.json': { status: 'in_progress', updated_at: '2025-12-26T20:06:00' },
    'shout.json': { TASK_ID: 'SHOUT-1', STATUS: 'COMPLETED', Title: 'LOUD', Description: 'all of it', Category: 'DEVELOPMENT', Priority: 'HIGH', createdAt: 1_766_779_451, result: 'it went well' },
    'urgent.json': { task_id: 42, status: 'failed', title: 'x', description: 'y', category: 'kubernetes', priority: 'urgent', created_at: '1766779451040', error: { message: 'boom' } },
    'odd.json': { id: 'odd', status: 'paused by bob', title: ' ', description: 'first line\nsecond', category: null, priority: null, created_at: 'yesterday' },
    'long.json': { id: 'long', status: 'canceled', title: 'é'.repeat(300), description: 'has a \0 in it', category: 'ci/cd', priority: 'soon', reason: 'not needed', created_at: created }
  })
  for (let n = 0; n < 127; n++) await writeFile(join(folder, `task-chat-1766779451040-${String(n).padStart(9, 'a')}.json`), '')
  await symlink('/etc/hostname', join(folder, 'link.json'))
  await mkdir(join(folder, 'sub.json'))
  execFileSync('mkfifo', [join(folder, 'pipe.json')])
  const before = await snapshot(folder)
  const { file, files, summary } = await report()
  t.same(await snapshot(folder), before, 'bytes and times are as they were')

  t.same(summary, { taken: 1, mapped: 6, known: 0, refused: 127 + 15 })
  t.equal(files.filter(({ notes: [reason] }) => reason === 'is empty').length, 127)
  t.match(file(`${id}.json`), { outcome: 'taken', status: 'completed', task_id: id, notes: [] })
  t.match(file('bom.json'), { outcome: 'mapped', status: 'completed', old_id: 'with-bom', task_id: new RegExp(taskIdPattern) })
  t.match(file('bare.json'), { outcome: 'mapped', status: 'cancelled', unfinished: true, old_id: 'bare', notes: ['status in_progress → cancelled: imported; retry to run it', /id "bare"/, /created_at: the time of the file/, 'no category: general', 'no title and no description', 'no priority: 5'] })
  t.match(file('shout.json'), { outcome: 'mapped', status: 'completed', task_id: /^task-chat-1766779451000-/, notes: [/id "SHOUT-1"/, 'its result is kept as it was, not verified'] })
  t.match(file('urgent.json'), { status: 'failed', task_id: /^task-chat-1766779451040-/, notes: [/id "42"/, 'category "kubernetes" → general'] })
  t.match(file('odd.json'), { status: 'cancelled', task_id: /^task-chat-0{13}-/, notes: [/paused by bob.*not known here/, /id "odd"/, /created_at/, 'no category: general', 'no title: the description', 'no priority: 5'] })
  t.match(file('long.json'), { status: 'cancelled', notes: [/canceled → cancelled: not needed/, /id "long"/, 'title cut to 200 characters', 'priority "soon" → 5'] })
  const refusals: Record<string, RegExp> = {
    'z copy of it.json': new RegExp(`same id as ${id}.json`),
    'a copy of it.json': new RegExp(`same id as ${id}.json`),
    'zeros.json': /NUL/,
    'torn.json': /torn/,
    'list.json': /list/,
    'null.json': /no JSON object/,
    'html.json': /is no JSON/,
    'latin.json': /UTF-8/,
    'huge.json': /1048576 is the most/,
    'deep.json': /nested/,
    'package.json': /no task/,
    'notes.txt': /not named/,
    'link.json': /link/,
    'sub.json': /folder/,
    'pipe.json': /no regular file/
  }
  for (const [name, reason] of Object.entries(refusals)) t.match(file(name), { outcome: 'refused', task_id: null, notes: [reason] }, name)
})

t.test('a status counts at each level of the file; where levels disagree nothing is started', async (t) => {
  const live = { title: 'x', description: 'y', category: 'infrastructure', created_at: created }
  const { report } = await place(t, {
    'both.json': { payload: { ...live, status: 'completed' }, metadata: { status: 'completed' } },
    'below.json': { id: 'below', ...live, metadata: { original_input: { state: 'failed' } } },
    'ended.json': { id: 'ended', ...live, status: 'pending', payload: { status: 'completed' } },
    'done.json': { id: 'done', ...live, status: 'completed', metadata: { status: 'cancelled' } },
    'same.json': { id: 'same', ...live, status: 'pending', payload: { status: 'assigned', state: 'CA' }, metadata: { status: 'CA' } }
  })
  const { file } = await report('--run')
  t.match(file('both.json'), { status: 'completed', unfinished: false })
  t.match(file('below.json'), { status: 'failed' })
  t.match(file('ended.json'), { status: 'cancelled', notes: ['status pending → cancelled: imported with the status pending at the top and completed in payload; retry to run it', 'id "ended" replaced'] })
  t.match(file('done.json'), { status: 'completed', notes: ['id "done" replaced', 'status completed at the top and cancelled in metadata', 'no priority: 5', 'no result was kept'] })
  t.match(file('same.json'), { status: 'queued' })
})

t.test('ids that are large numbers stay apart, and every digit is kept', async (t) => {
  const big = (n: string, over = '') => `{"id":${n},"title":"x","description":"y","status":"pending"${over}}`
  const { home, report } = await place(t, {
    'a.json': big('12345678901234567890', ',"size":1e30,"share":0.1234567890123456789'),
    'b.json': big('12345678901234567891', ',"depends_on":[12345678901234567890]')
  })
  const { file } = await report()
  const [a, b] = [file('a.json'), file('b.json')]
  t.match([a, b], [{ outcome: 'mapped', old_id: '12345678901234567890' }, { outcome: 'mapped', old_id: '12345678901234567891' }])
  t.match(a.notes.join(), /numbers beyond 2\^53 kept as text: id(,|$)/)
  const cortex = await orchestrate(t, { home })
  t.match(await cortex.task(b.task_id ?? ''), { depends_on: [a.task_id], metadata: { original_input: { id: '12345678901234567891' } } })
  t.match(await cortex.task(a.task_id ?? ''), { metadata: { original_input: { size: 1e30, share: 0.12345678901234568 } } })
})

t.test('priorities as numbers and words come to one of 1 to 9', async (t) => {
  const given = new Map<unknown, number>([[1, 1], [2, 2], [9, 9], [10, 9], [0, 1], [-3, 1], [2.6, 3], ['4', 4], ['HIGH', 3], [' Low ', 7], ['normal', 5], ['urgent', 1], [true, 5], [{}, 5], ['1e999', 5]])
  const names = new Map([...given.keys()].map((priority, n) => [`${n}.json`, priority]))
  const { home, report } = await place(t, Object.fromEntries([...names].map(([name, priority]) => [name, oldTask({ id: name, priority })])))
  const { file } = await report()
  const cortex = await orchestrate(t, { home })
  for (const [name, priority] of names) t.equal((await cortex.task(file(name).task_id ?? '')).priority, given.get(priority), String(priority))
})

t.test('times as text, seconds and milliseconds are read, and garbage is the time of the file', async (t) => {
  const given = new Map<unknown, string>([
    ['2025-12-26T20:04:11.040Z', created], ['2025-12-26T21:04:11.040+01:00', created], ['2025-12-26 20:04:11.040', created], [1_766_779_451_040, created], [1_766_779_451.04, created],
    ['1766779451040', created], ['2025-12-26', '2025-12-26T00:00:00.000Z'], [5, '2023-11-14T22:13:20.000Z'], ['soon', '2023-11-14T22:13:20.000Z'], [{}, '2023-11-14T22:13:20.000Z'], ['9999-01-01', '2023-11-14T22:13:20.000Z']
  ])
  const names = new Map([...given.keys()].map((time, n) => [`${n}.json`, time]))
  const { home, report } = await place(t, Object.fromEntries([...names].map(([name, time]) => [name, oldTask({ id: name, metadata: { created_at: time } })])))
  const { file } = await report()
  const cortex = await orchestrate(t, { home })
  for (const [name, time] of names) t.equal((await cortex.task(file(name).task_id ?? '')).metadata.created_at, given.get(time), String(time))
})

t.test('a second run takes nothing new and says so, also from a copy of the folder with other file times', async (t) => {
  const { folder, report, run, add } = await place(t, { 'a.json': { id: 'a', title: 'A', status: 'pending' }, [`${id}.json`]: oldTask({ result: whole }), 'torn.json': '{' })
  const first = await report()
  t.match(first.summary, { taken: 1, mapped: 1, known: 0, refused: 1 })
  await utimes(join(folder, 'a.json'), 1_750_000_000, 1_750_000_000)
  const second = await report('--run')
  t.match(second.summary, { taken: 0, mapped: 0, known: 2, refused: 1 })
  t.match(second.file('a.json'), { status: 'cancelled', task_id: first.file('a.json').task_id })
  t.match(await run([folder]), { code: 0, stdout: /3 entries, 0 taken .*, 2 known already, 1 refused\.\nNothing new was taken\.\n$/ })
  await add('new.json', { id: 'new', title: 'New', status: 'pending' })
  t.match((await report()).summary, { taken: 0, mapped: 1, known: 2 })
})

t.test('unfinished work lies there cancelled until a person retries it; what was in the file is kept untouched', async (t) => {
  const file = { id: 'a', title: 'A', description: 'Do A', status: 'assigned', category: 'infrastructure', worker: 'w-1', custom: { deep: [1, null] } }
  const { home, report } = await place(t, { 'a.json': file })
  const { task_id: taskId } = (await report()).file('a.json')
  const cortex = await orchestrate(t, { home })
  const task = await cortex.task(taskId ?? '')
  t.match(task, { status: 'cancelled', payload: { title: 'A', query: 'Do A' }, assigned_to: 'infrastructure-master', metadata: { source: 'import', cancel_reason: 'imported; retry to run it' } })
  t.same(task.metadata.original_input, file)
  t.match((await cortex.call('cortex_retry_task', { task_id: taskId })).body, { status: 'queued' })
  t.match(only(await cortex.lease()).task, { id: taskId })
})

t.test('with --run unfinished work starts in the order of its dependencies, after what waits already; what cannot be waited for does not start', async (t) => {
  const live = (name: string, over: Record<string, unknown> = {}) => ({ id: name, title: name, description: name, status: 'pending', category: 'infrastructure', created_at: created, ...over })
  const { home, report } = await place(t, {
    'b.json': live('b', { status: 'blocked', depends_on: ['a', 'done'] }),
    'a.json': live('a', { status: 'worker_spawned' }),
    'c.json': live('c', { status: 'ready_to_spawn', dependencies: [{ id: 'b' }] }),
    'done.json': live('done', { status: 'completed' }),
    'lost.json': live('lost', { depends_on: ['broken'] }),
    'broken.json': live('broken', { status: 'failed' }),
    'alone.json': live('alone', { status: 'blocked', depends_on: ['torn'] }),
    'torn.json': '{"id":"torn"',
    'x.json': live('x', { depends_on: ['y'] }),
    'y.json': live('y', { depends_on: 'x' }),
    'after.json': live('after', { depends_on: ['y'] }),
    'unknown.json': live('unknown', { status: 'hm' })
  })
  const native = await orchestrate(t, { home })
  const urgent = await native.create({ priority: 'high' })
  await native.stop()
  const { file } = await report('--run')
  const status = (name: string) => file(`${name}.json`).status
  t.same(['a', 'b', 'c', 'lost', 'alone', 'x', 'y', 'after', 'unknown'].map(status), ['queued', 'waiting', 'waiting', 'cancelled', 'cancelled', 'failed', 'failed', 'cancelled', 'cancelled'])
  t.match(file('lost.json').notes[0], /Needs “broken”, which failed/)
  t.match(file('alone.json').notes[0], /without what it needs, torn/)

  const cortex = await orchestrate(t, { home })
  const first = only(await cortex.lease({ capacity: 1 }))
  t.equal(first.task.id, urgent)
  await cortex.end(first.lease_id, { kind: 'completed', result })
  for (const name of ['a', 'b', 'c']) {
    const lease = only(await cortex.lease())
    t.equal(lease.task.payload.title, name)
    await cortex.end(lease.lease_id, { kind: 'completed', result })
  }
  t.match(await cortex.task(file('x.json').task_id ?? ''), { error: { code: 'CTX_DEPENDENCY_CYCLE' } })
})

t.test('a file that names a task of an earlier run waits for what that has become', async (t) => {
  const { home, report, add, folder } = await place(t, { 'a.json': { id: 'a', title: 'A', status: 'pending', category: 'infrastructure' } })
  const { task_id: first } = (await report('--run')).file('a.json')
  const cortex = await orchestrate(t, { home })
  await cortex.end(only(await cortex.lease()).lease_id, { kind: 'completed', result })
  await cortex.stop()
  await add('b.json', { id: 'b', title: 'B', status: 'blocked', depends_on: ['a'] })
  await add('c.json', { id: 'c', title: 'C', status: 'blocked', depends_on: [first] })
  t.match((await report('--run')).file('b.json'), { status: 'queued' })
  await rm(join(folder, 'a.json'))
  t.match((await report('--run')).file('c.json'), { status: 'queued' })
})

t.test('what ended keeps its end, its times and its words, and the next start writes the task files', async (t) => {
  const times = { created_at: created, started_at: '2025-12-26T20:05:00.000Z', completed_at: '2025-12-26T20:06:00.000Z' }
  const { home, report } = await place(t, {
    'done.json': oldTask({ id: 'done', metadata: times, result: { pods: ['x'.repeat(30_000)] } }),
    'failed.json': oldTask({ id: 'failed', status: 'failed', metadata: times, error: 'boom' }),
    'nothing.json': oldTask({ id: 'nothing' })
  })
  const { file } = await report()
  const tasks = join(home, 'tasks')
  await mkdir(tasks)
  const changes = watch(tasks)
  t.teardown(() => changes.close())
  const cortex = await orchestrate(t, { home })
  const read = async (name: string) => await cortex.task(file(name).task_id ?? '')
  const done = await read('done.json')
  t.match(done, { status: 'completed', metadata: times, result: { summary: /pods/, evidence: [{ claim: /not verified by Cortex/, detail: /^\{"pods"/ }] } })
  t.equal(done.result?.evidence[0]?.detail.length, 20_000)
  t.match(await read('failed.json'), { status: 'failed', metadata: times, error: { code: 'CTX_IMPORTED', message: 'boom' }, result: null })
  t.match(await read('nothing.json'), { status: 'completed', result: { evidence: [{ detail: 'No result was kept' }] } })
  t.equal((await cortex.send<{ tasks: Task[] }>('GET', '/v1/tasks?category=infrastructure')).body.tasks.length, 3)
  for (;;) {
    const next = once(changes, 'change')
    if ((await readdir(tasks)).filter((name) => name.endsWith('.json')).length === 3) break
    await next
  }
  await cortex.stop()
  t.same((await readdir(tasks)).filter((name) => name.endsWith('.json')).sort(), ['done.json', 'failed.json', 'nothing.json'].map((name) => `${file(name).task_id}.json`).sort())
  t.same(JSON.parse(await readFile(join(tasks, `${done.id}.json`), 'utf8')), done)
})

t.test('a dry run tells the same and leaves nothing behind', async (t) => {
  const { home, folder, run, report } = await place(t, { 'a.json': { id: 'a', title: 'A', status: 'pending' } })
  t.match((await report('--dry-run')).summary, { mapped: 1 })
  await t.rejects(lstat(home), { code: 'ENOENT' })
  t.match(await run([folder, '--dry-run']), { code: 0, stdout: /1 would be taken[^]*dry run: nothing was stored[^]*1 unfinished task would be stored as cancelled/ })
  await report()
  t.match((await report('--dry-run')).summary, { known: 1 })
})

t.test('it is refused while Cortex runs, and says what to do', async (t) => {
  const { home, folder, run } = await place(t, { 'a.json': { id: 'a', title: 'A' } })
  await orchestrate(t, { home })
  t.match(await run([folder]), { code: 1, stderr: /CTX_STORE_LOCKED[^]*stop that one/ })
})

t.test('it does not import the folder its own task files go to', async (t) => {
  const { folder, run } = await place(t, { 'a.json': { id: 'a', title: 'A' } })
  t.match(await run([folder], { TASKS_DIR: folder }), { code: 1, stderr: /CTX_IMPORT_FOLDER_IN_USE/ })
})

t.test('wrong usage is told with exit code 2, and so is a folder that cannot be read', async (t) => {
  const { folder, home, run } = await place(t, { 'a.json': { id: 'a', title: 'A' } })
  t.match(await run([]), { code: 2, stderr: /DIR is missing[^]*Usage/ })
  t.match(await run([folder, folder]), { code: 2, stderr: /no use for [^]*Usage/ })
  t.match(await run([folder, '--dryrun']), { code: 2, stderr: /--dryrun/ })
  t.match(await run([folder], { npm_command: 'run-script', npm_config_dry_run: 'true' }), { code: 2, stderr: /npm took --dry-run for itself; put -- / })
  t.match(await run([join(folder, 'no')]), { code: 2, stderr: /CTX_IMPORT_FOLDER_UNREADABLE.*ENOENT/ })
  t.match(await run([join(folder, 'a.json')]), { code: 2, stderr: /CTX_IMPORT_FOLDER_UNREADABLE: .*a\.json is a file and no folder; name the folder the task files are in/ })
  t.match(await run(['--help']), { code: 0, stdout: /^Usage: cortex import DIR/ })
  await t.rejects(lstat(home), { code: 'ENOENT' }, 'nothing was made for a run that could not be')
})

t.test('the process says by its exit code and its streams what the run came to', async (t) => {
  const { folder, home } = await place(t, { 'a.json': { id: 'a', title: 'A' } })
  t.match(await runProcess([folder, '--dryrun'], { CORTEX_HOME: home }), { code: 2, stdout: '', stderr: /--dryrun/ })
  t.match(await runProcess([join(folder, 'no')], { CORTEX_HOME: home }), { code: 2, stdout: '', stderr: /ENOENT/ })
  t.match(await runProcess([folder, '--json'], { CORTEX_HOME: home }), { code: 0, stdout: /^\{/, stderr: '' })
})

t.test('what a file calls itself cannot steer the terminal', async (t) => {
  const { folder, run } = await place(t, { 'a\u001b[31m.json': { id: 'a\u001b[2J', title: 'A' }, 'b\nc.json': '' })
  const { stdout } = await run([folder])
  t.notOk(stdout.includes('\u001b'))
  t.match(stdout, /a\\u001b\[31m\.json/)
  t.match(stdout, /b\\u000ac\.json +refused +is empty/)
})

t.test('a file that may not be read is refused, and the others are taken', { skip: process.getuid?.() === 0 && 'root may read everything' }, async (t) => {
  const { folder, report } = await place(t, { 'a.json': { id: 'a', title: 'A' }, 'secret.json': { id: 's' } })
  await chmod(join(folder, 'secret.json'), 0)
  const { file, summary } = await report()
  t.match(file('secret.json'), { outcome: 'refused', notes: ['cannot be read (EACCES)'] })
  t.match(summary, { mapped: 1, refused: 1 })
})

/** Bytes and change times of everything in a folder. */
async function snapshot (folder: string) {
  const names = (await readdir(folder)).sort()
  return await Promise.all(names.map(async (name) => {
    const stat = await lstat(join(folder, name))
    return { name, mode: stat.mode, mtime: stat.mtimeMs, changed: stat.ctimeMs, bytes: stat.isFile() ? (await readFile(join(folder, name))).toString('base64') : null }
  }))
}
