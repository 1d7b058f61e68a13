import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Task } from '@cortex/contracts'
import t from 'tap'
import { only, result, temporaryFolder } from '../orchestrator.ts'
import { createDatabase } from '../postgres-database.ts'
import { ask, InsistentLoad } from '../support/postgres-load.ts'
import { spawnOrchestrator } from '../support/spawn-orchestrator.ts'
import { Witness } from '../support/witness.ts'

t.setTimeout(300_000)

/** Milliseconds in which another takes over from one that ended, with room for a busy machine; and from one that stands still. */
const takeOver = 10_000
const takeOverFromStill = 20_000

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  t.test(`of two replicas on one TASKS_DIR one keeps the files; after ${signal} under load the other does, and no file is torn or missing`, async (t) => {
    const databaseUrl = await createDatabase(t)
    const tasksDir = await temporaryFolder(t)
    const start = async () => await spawnOrchestrator(t, { home: await temporaryFolder(t), databaseUrl, tasksDir, concurrency: 200 })
    const [first, second] = [await start(), await start()]
    const witness = new Witness()
    const load = new InsistentLoad(t, [second], witness)
    await load.more(50, 10)
    t.equal(await countElected(databaseUrl), 1)
    await first.kill(signal)
    await load.more(50, 10)
    await load.stopCreating()
    await load.stop()
    const tasks = await witness.lookAtTasks(second.task)
    await t.resolves(untilFiled(tasksDir, tasks, takeOver))
    t.equal(await countElected(databaseUrl), 1)
    await witness.lookAtFiles(tasksDir)
    t.same(witness.violations, [])
    t.same((await readdir(tasksDir)).sort(), ['.drafts', ...tasks.map(({ id }) => `${id}.json`)].sort(), 'nothing else lies there')
  })
}

t.test('of replicas with a TASKS_DIR each, the elected one keeps its own; who takes over rebuilds all that is missing in its', async (t) => {
  const databaseUrl = await createDatabase(t)
  const start = async () => {
    const home = await temporaryFolder(t)
    return { folder: join(home, 'tasks'), ...await spawnOrchestrator(t, { home, databaseUrl }) }
  }
  const [first, second] = [await start(), await start()]
  const ids = [await first.create(), await second.create(), await second.create()]
  await first.end(only(await first.lease({ capacity: 1 })).lease_id, { kind: 'completed', result })
  const read = async ({ task }: typeof first) => await Promise.all(ids.map(task))
  await t.resolves(untilFiled(first.folder, await read(first), takeOver), 'also those that were created at the other')
  t.same((await readdir(second.folder, { recursive: true })).filter((name) => name !== '.drafts'), [])
  await first.kill('SIGKILL')
  await t.resolves(untilFiled(second.folder, await read(second), takeOver))
  const third = await start()
  await second.kill('SIGTERM')
  ids.push(await third.create())
  await t.resolves(untilFiled(third.folder, await read(third), takeOver))
  t.equal(await countElected(databaseUrl), 1)
})

t.test('one that stands still is not elected for long, and does not keep the files when it goes on', async (t) => {
  const databaseUrl = await createDatabase(t)
  const start = async () => {
    const home = await temporaryFolder(t)
    return { folder: join(home, 'tasks'), ...await spawnOrchestrator(t, { home, databaseUrl }) }
  }
  const [first, second] = [await start(), await start()]
  const before = await first.create()
  process.kill(Number(first.pid), 'SIGSTOP')
  await t.resolves(untilFiled(second.folder, [await second.task(before)], takeOverFromStill))
  process.kill(Number(first.pid), 'SIGCONT')
  await sleep(2_000)
  const after = await first.create()
  await t.resolves(untilFiled(second.folder, [await second.task(after)], takeOver))
  t.notOk((await readdir(first.folder)).includes(`${after}.json`))
  t.equal(await countElected(databaseUrl), 1)
})

t.test('one that stood still sets no file of a shared TASKS_DIR back to what it knew', async (t) => {
  const databaseUrl = await createDatabase(t)
  const tasksDir = await temporaryFolder(t)
  const start = async () => await spawnOrchestrator(t, { home: await temporaryFolder(t), databaseUrl, tasksDir })
  const [first, second] = [await start(), await start()]
  const ids = [await first.create(), await first.create()]
  const read = async () => await Promise.all(ids.map(second.task))
  await t.resolves(untilFiled(tasksDir, await read(), takeOver))
  await Promise.all(ids.map((id) => first.call('cortex_cancel_task', { task_id: id })))
  process.kill(Number(first.pid), 'SIGSTOP')
  await t.resolves(untilFiled(tasksDir, await read(), takeOverFromStill))
  for (const id of ids) await second.call('cortex_retry_task', { task_id: id })
  await t.resolves(untilFiled(tasksDir, await read(), takeOver))
  process.kill(Number(first.pid), 'SIGCONT')
  // What was due in it is done before it answers.
  ids.push(await first.create())
  await t.resolves(untilFiled(tasksDir, await read(), takeOver))
  t.same(await Promise.all(ids.map((id) => revisionOf(join(tasksDir, `${id}.json`)))), (await read()).map(({ rev }) => rev))
})

/** Each has its file, whole and in its last revision. */
async function untilFiled (folder: string, tasks: readonly Task[], patience: number): Promise<void> {
  const deadline = performance.now() + patience
  for (const { id, rev } of tasks) {
    while (await revisionOf(join(folder, `${id}.json`)) !== rev) {
      if (performance.now() > deadline) throw new Error(`${id} has no file of revision ${rev}`)
      await sleep(50)
    }
  }
}

async function revisionOf (path: string): Promise<number | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as Task).rev
}

async function countElected (url: string): Promise<number> {
  const [row] = await ask<{ count: number }>(url, `SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory' AND objid = ${0x636f7275} AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
  return row?.count ?? 0
}
