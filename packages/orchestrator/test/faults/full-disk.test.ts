import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Task } from '@cortex/contracts'
import t, { type Test } from 'tap'
import { masters, only, orchestrate, result, temporaryFolder } from '../orchestrator.ts'
import { spawnOrchestrator } from '../support/spawn-orchestrator.ts'

/** An orchestrator with a small disk in a mount namespace of its own, mostly taken by a file that `makeRoom` takes away. */
async function onSmallDisk (t: Test, folder: string, leaseDuration = 10_000) {
  const home = await temporaryFolder(t)
  const disk = `${home}${folder}`
  const script = 'mkdir -p "$0" && mount -t tmpfs -o size=4m tmpfs "$0" && head -c 2000000 /dev/zero > "$0/filler" && exec "$@"'
  const cortex = await spawnOrchestrator(t, { home, leaseDuration }, { prefix: ['unshare', '--mount', '--map-root-user', 'sh', '-c', script, disk] })
  return { home, makeRoom: async () => await rm(`/proc/${cortex.pid}/root${disk}/filler`), ...cortex }
}

const big = { title: 'Fill', description: 'x'.repeat(30_000), run_at: '2100-01-01T00:00:00Z' }

for (const [what, folder] of [['the store', ''], ['the task files', '/tasks']] as const) {
  t.test(`when the disk of ${what} is full, a create fails clearly, leaves nothing, and works again when there is room`, async (t) => {
    const cortex = await onSmallDisk(t, folder)
    const made: string[] = []
    let refused
    for (let index = 0; index < 400 && !refused; index++) {
      const answer = await cortex.call<{ task_id: string, code: string, detail: string }>('cortex_create_task', big)
      if (answer.status === 200) made.push(answer.body.task_id)
      else refused = answer
    }
    t.match(refused, { status: 507, body: { code: /^CTX_(STORE_UNAVAILABLE|TASK_FILE_UNWRITABLE)$/, detail: /disk space/ } })
    t.notMatch(JSON.stringify(refused?.body), cortex.home)
    t.ok(made.length > 3)
    const listed = async () => (await cortex.send<{ tasks: Task[] }>('GET', '/v1/tasks?limit=200')).body.tasks.map((task) => task.id)
    t.same(await listed(), made.toReversed(), 'the refused one is not there')
    t.equal((await cortex.send('GET', '/health')).status, 200)

    await cortex.makeRoom()
    made.push(await cortex.create(big))
    t.same(await listed(), made.toReversed())
  })
}

t.test('when the disk fills while workers report, nothing they were answered is lost, and the work goes on when there is room', async (t) => {
  const cortex = await onSmallDisk(t, '', 1_500)
  const [working, silent, queued] = [await cortex.create({ title: 'Working' }), await cortex.create({ title: 'Silent' }), await cortex.create({ title: 'Queued' })]
  const [lease] = await cortex.lease({ capacity: 1 })
  const kept = String(lease?.lease_id)
  t.match(await cortex.lease({ agent_id: 'silent', capacity: 1 }), [{ task: { id: silent } }])
  const steps: string[] = []
  let refused
  for (let index = 0; index < 400 && !refused; index++) {
    const answer = await cortex.report(kept, { journal: [{ key: `step-${index}`, value: 'x'.repeat(30_000) }] })
    if (answer.status === 200) steps.push(`step-${index}`)
    else refused = answer
  }
  t.match(refused, { status: 507, body: { code: 'CTX_STORE_UNAVAILABLE' } })
  t.match(await cortex.end(kept, { kind: 'completed', result: { ...result, report: 'x'.repeat(90_000) } }), { status: 507 })
  // While the other worker's lease runs out, and while this one keeps its own by heartbeats, which write nothing.
  for (let beat = 0; beat < 8; beat++) {
    t.equal((await cortex.report(kept)).status, 200)
    await cortex.lease({ agent_id: 'idle', masters: [{ ...masters[1], id: 'idle-master' }], wait_seconds: 0 })
    await new Promise((resolve) => setTimeout(resolve, 400))
  }

  await cortex.makeRoom()
  t.equal((await cortex.report(kept, { journal: [{ key: 'last', value: true }] })).status, 200)
  await cortex.end(kept, { kind: 'released' })
  const again = await cortex.lease({ wait_seconds: 20, capacity: 1 })
  t.equal(only(again).task.id, working)
  t.same(only(again).journal.map(({ key }) => key), [...steps, 'last'])
  await cortex.end(only(again).lease_id, { kind: 'completed', result })
  // Which of them is first depends on when the coordinator makes its round.
  const attempts = new Map<string, number>()
  for (let left = 2; left > 0; left--) {
    const next = only(await cortex.lease({ wait_seconds: 20, capacity: 1 }))
    attempts.set(next.task.id, next.attempt)
    t.equal((await cortex.end(next.lease_id, { kind: 'completed', result })).status, 200)
  }
  t.same([attempts.get(silent), attempts.get(queued)], [2, 1], 'the lost worker was noticed, though it could not be written down at the time')
})

t.test('a task that could not be given out on a full disk is given out when there is room', async (t) => {
  const cortex = await onSmallDisk(t, '')
  const waiting = cortex.send<{ leases: unknown[] }>('POST', '/v1/leases', { agent_id: 'agent', masters, held: [], capacity: 10, wait_seconds: 1 })
  while ((await cortex.call('cortex_create_task', big)).status === 200);
  await waiting
  // Small enough to be stored where the big ones were refused, until nothing is.
  const small: string[] = []
  for (let answer; (answer = await cortex.call<{ task_id: string }>('cortex_create_task', { title: 'Small', description: 'x' })).status === 200;) small.push(answer.body.task_id)
  const { status } = await cortex.send('POST', '/v1/leases', { agent_id: 'agent', masters, held: [], capacity: 10, wait_seconds: 2 })
  t.ok(status === 507 || status === 200)
  await cortex.makeRoom()
  const given = new Set<string>()
  while (given.size < small.length) {
    const leases = await cortex.lease({ wait_seconds: 10 })
    if (leases.length === 0) break
    for (const { lease_id: lease, task } of leases) {
      given.add(task.id)
      await cortex.end(lease, { kind: 'completed', result })
    }
  }
  t.equal(given.size, small.length)
})

t.test('when nothing can be put into the folder of the task files, though drafts can be written, creates fail clearly', async (t) => {
  const tasksDir = join(await temporaryFolder(t), 'tasks')
  const cortex = await orchestrate(t, { tasksDir })
  const root = process.getuid?.() === 0
  const [close, open] = root ? [() => execFileSync('chattr', ['+i', tasksDir], { stdio: 'ignore' }), () => execFileSync('chattr', ['-i', tasksDir])] : [() => chmodSync(tasksDir, 0o500), () => chmodSync(tasksDir, 0o700)]
  try {
    close()
  } catch {
    t.comment('this file system cannot have a folder of root closed to root')
    return
  }
  t.teardown(open)
  t.match(await cortex.refuse('cortex_create_task', { title: 'A', description: 'B' }), { status: 507, body: { code: 'CTX_TASK_FILE_UNWRITABLE' } })
  t.same((await cortex.send<{ tasks: Task[] }>('GET', '/v1/tasks')).body.tasks, [])
  open()
  await cortex.create()
})

t.test('when the folder of the task files is gone, creates fail clearly until it is back', async (t) => {
  const tasksDir = join(await temporaryFolder(t), 'tasks')
  const cortex = await orchestrate(t, { tasksDir })
  const kept = await cortex.create()
  await rename(tasksDir, `${tasksDir}-away`)
  const answers = await Promise.all([1, 2, 3].map(() => cortex.call('cortex_create_task', { title: 'A', description: 'B' })))
  for (const answer of answers) t.match(answer, { status: 507, body: { code: 'CTX_TASK_FILE_UNWRITABLE', detail: /TASKS_DIR/ } })
  await rename(`${tasksDir}-away`, tasksDir)
  const after = await cortex.create()
  t.same((await readdir(tasksDir, { recursive: true })).sort(), ['.drafts', `${kept}.json`, `${after}.json`].sort())
  t.equal((await cortex.send<{ tasks: Task[] }>('GET', '/v1/tasks')).body.tasks.length, 2)
})
