import type { LogLine, TaskLog } from '@cortex/contracts'
import t, { type Test } from 'tap'
import { createTaskLogs, type LogState } from '../src/state/task-logs.ts'
import { createApi } from '../src/wire/api.ts'
import { WireServer } from './support/wire-server.ts'

const id = 'task-chat-1766779451040-2axt2h5cq'
const lines = (from: number, to: number): LogLine[] => Array.from({ length: to - from }, (_, index) => ({ at: '', level: 'info', attempt: 1, message: `line ${from + index}` }))
const piece = (from: number, to: number): TaskLog => ({ task_id: id, from, lines: lines(from, to), total: to })

async function start (t: Test, total: number) {
  const server = new WireServer()
  await server.listen()
  t.teardown(() => server.close())
  server.logs.set(id, piece(0, total))
  let log: LogState | undefined
  const waiting = new Set<() => void>()
  const logs = createTaskLogs(createApi({ origin: server.url, openedFor: null, onUnauthorized () {} }), (all) => {
    log = all.get(id)
    for (const wake of waiting) wake()
  })
  async function until (condition: (log: LogState | undefined) => boolean): Promise<LogState | undefined> {
    while (!condition(log)) await new Promise<void>((resolve) => waiting.add(resolve))
    return log
  }
  return { server, logs, until, now: () => log }
}

t.test('lines from before the log was opened are read, live ones follow', async (t) => {
  const { logs, until } = await start(t, 3)
  logs.open(id)
  await until((log) => log?.lines.length === 3)
  logs.receive(piece(3, 5))
  const log = await until((log) => log?.lines.length === 5)
  t.same(log?.lines.map(({ message }) => message), lines(0, 5).map(({ message }) => message))
})

t.test('a gap is filled from the server, and repeats are passed over', async (t) => {
  const { server, logs, until } = await start(t, 2)
  logs.open(id)
  await until((log) => log?.lines.length === 2)
  server.logs.set(id, piece(0, 8))
  logs.receive(piece(6, 8))
  const log = await until((log) => log?.lines.length === 8)
  logs.receive(piece(4, 8))
  t.equal(log?.lines.length, 8)
  t.same(log?.lines.map(({ message }) => message), lines(0, 8).map(({ message }) => message))
})

t.test('a log that cannot be read says so, and is read again on refresh', async (t) => {
  const { server, logs, until } = await start(t, 2)
  server.refusal = { status: 503 }
  logs.open(id)
  await until((log) => log?.status === 'failed')
  server.refusal = null
  logs.refresh()
  t.equal((await until((log) => log?.status === 'following'))?.lines.length, 2)
})

t.test('lines of a task nobody looks at are not kept', async (t) => {
  const { logs, now } = await start(t, 2)
  logs.receive(piece(0, 2))
  t.equal(now(), undefined)
})
