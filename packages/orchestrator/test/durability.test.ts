import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Task } from '@cortex/contracts'
import t, { type Test } from 'tap'
import { orchestrate, speakTo, temporaryFolder } from './orchestrator.ts'

const program = fileURLToPath(new URL('server-process.ts', import.meta.url))

/** An orchestrator in a process of its own. `prefix` is a command that runs it, as one that gives it a small disk. */
async function spawnOrchestrator (t: Test, home: string, { prefix = [], tasksDir = join(home, 'tasks') }: { prefix?: string[], tasksDir?: string } = {}) {
  const [command = process.execPath, ...args] = [...prefix, process.execPath, program, home, tasksDir]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
  t.teardown(() => kill())
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{"url"')) return { kill, pid: child.pid, ...speakTo((JSON.parse(line) as { url: string }).url) }
  }
  throw new Error('the orchestrator ended before it was ready')
}

t.test('killed while 50 at once create, it has lost no task it acknowledged, and every file is whole', async (t) => {
  const home = await temporaryFolder(t)
  const acknowledged = new Map<string, string>()
  for (const [round, size] of [[0, 100], [1, 100], [2, 200_000], [3, 100]] as const) {
    const cortex = await spawnOrchestrator(t, home)
    let answered = 0
    let enough = () => {}
    const killed = new Promise<void>((resolve) => { enough = resolve }).then(() => cortex.kill())
    const clients = Array.from({ length: 50 }, async (_, client) => {
      for (let index = 0; ; index++) {
        const key = `${round}-${client}-${index}`
        try {
          acknowledged.set(key, await cortex.create({ description: `${key} ${'x'.repeat(size)}` }, { 'idempotency-key': key }))
        } catch {
          return
        }
        if (++answered === 120) enough()
      }
    })
    await Promise.all([killed, ...clients])
  }
  t.ok(acknowledged.size >= 480)
  for (const name of await readdir(join(home, 'tasks'))) {
    if (name.startsWith('.')) continue
    const text = await readFile(join(home, 'tasks', name), 'utf8')
    t.equal((JSON.parse(text) as Task).id, name.replace('.json', ''))
  }
  const cortex = await spawnOrchestrator(t, home)
  for (const [key, id] of acknowledged) {
    const { payload } = await cortex.task(id)
    if (!payload?.query.startsWith(`${key} `)) t.fail(`${id} of ${key} is lost`)
  }
  const [key, id] = [...acknowledged][0] ?? []
  const { description } = (await cortex.task(String(id))).metadata.original_input as { description: string }
  t.equal(await cortex.create({ description }, { 'idempotency-key': String(key) }), id, 'the key is still known after the crash')
  await cortex.kill()
})

t.test('a second process on the same data folder is refused', async (t) => {
  const { home } = await orchestrate(t)
  await t.rejects(orchestrate(t, { home, tasksDir: await temporaryFolder(t) }), { code: 'CTX_STORE_LOCKED' })
})

for (const [what, folder] of [['the store', ''], ['the task files', '/tasks']] as const) {
  t.test(`when the disk of ${what} is full, a create fails clearly, leaves nothing, and works again when there is room`, async (t) => {
    const home = await temporaryFolder(t)
    const disk = `${home}${folder}`
    // A small disk in a mount namespace of its own, mostly taken by a file that goes away later.
    const script = 'mkdir -p "$0" && mount -t tmpfs -o size=4m tmpfs "$0" && head -c 2000000 /dev/zero > "$0/filler" && exec "$@"'
    const cortex = await spawnOrchestrator(t, home, { prefix: ['unshare', '--mount', '--map-root-user', 'sh', '-c', script, disk] })
    const big = { title: 'Fill', description: 'x'.repeat(30_000), run_at: '2100-01-01T00:00:00Z' }
    const made: string[] = []
    let refused
    for (let index = 0; index < 400 && !refused; index++) {
      const answer = await cortex.call<{ task_id: string, code: string, detail: string }>('cortex_create_task', big)
      if (answer.status === 200) made.push(answer.body.task_id)
      else refused = answer
    }
    t.match(refused, { status: 507, body: { code: /^CTX_(STORE_UNAVAILABLE|TASK_FILE_UNWRITABLE)$/, detail: /disk space/ } })
    t.notMatch(JSON.stringify(refused?.body), home)
    t.ok(made.length > 3)
    const listed = async () => (await cortex.send<{ tasks: Task[] }>('GET', '/v1/tasks?limit=200')).body.tasks.map((task) => task.id)
    t.same(await listed(), made.toReversed(), 'the refused one is not there')
    t.equal((await cortex.send('GET', '/health')).status, 200)

    await rm(`/proc/${cortex.pid}/root${disk}/filler`)
    made.push(await cortex.create(big))
    t.same(await listed(), made.toReversed())
  })
}

t.test('when the folder of the task files is gone, creates fail clearly until it is back', async (t) => {
  const tasksDir = join(await temporaryFolder(t), 'tasks')
  const cortex = await orchestrate(t, { tasksDir })
  const kept = await cortex.create()
  await rename(tasksDir, `${tasksDir}-away`)
  const answers = await Promise.all([1, 2, 3].map(() => cortex.call('cortex_create_task', { title: 'A', description: 'B' })))
  for (const answer of answers) t.match(answer, { status: 507, body: { code: 'CTX_TASK_FILE_UNWRITABLE', detail: /TASKS_DIR/ } })
  await rename(`${tasksDir}-away`, tasksDir)
  const after = await cortex.create()
  t.same((await readdir(tasksDir)).sort(), [`${kept}.json`, `${after}.json`].sort())
  t.equal((await cortex.send<{ tasks: Task[] }>('GET', '/v1/tasks')).body.tasks.length, 2)
})
