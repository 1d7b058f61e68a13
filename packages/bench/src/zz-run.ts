import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { load } from './measure/load.ts'
import { createTaskCall } from './payload.ts'
import { endTasks } from './worker-processes.ts'
const what = process.argv[2]
const home = mkdtempSync((process.env.TMPDIR ?? '/tmp') + '/zz-')
const child = fork(new URL('./zz-server.ts', import.meta.url), [home, ...(process.argv[3] ? [process.argv[3]] : [])])
const [{ url }] = await once(child, 'message') as any
const body = JSON.stringify(createTaskCall())
const create = (n: number) => load({ url: url + '/execute-tool', body, connections: 50, amount: n })
const ask = async (m: string) => { child.send(m); return ((await once(child, 'message'))[0] as any).cpu }
await create(2000)
if (what === 'create') {
  await create(3000)
  const a = await ask('start'); const r = await create(8000); const b = await ask('stop')
  console.log('create/s', Math.round(r.rate), 'cpu µs/req', Math.round((b.user + b.system - a.user - a.system) / 8000))
} else {
  await endTasks({ orchestrator: url, workers: 2, capacity: 64, tasks: 2000 })
  await create(6000)
  const a = await ask('start'); const sec = await endTasks({ orchestrator: url, workers: 2, capacity: 64, tasks: 6000 }); const b = await ask('stop')
  console.log('tasks/s', Math.round(6000 / sec), 'cpu µs/task', Math.round((b.user + b.system - a.user - a.system) / 6000))
}
child.disconnect()
process.exit()
