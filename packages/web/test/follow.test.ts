import type { ConversationSnapshot, TaskLog } from '@cortex/contracts'
import t, { type Test } from 'tap'
import type { NumberedEvent } from '../src/state/conversation.ts'
import { createApi } from '../src/wire/api.ts'
import { backoff } from '../src/wire/backoff.ts'
import { followConversation, type Connection } from '../src/wire/follow.ts'
import { conversationId, sampleSnapshot } from './support/samples.ts'
import { WireServer } from './support/wire-server.ts'

const titled = (title: string) => ({ type: 'conversation' as const, title })

/** Follows a conversation of a real server, and tells when something expected has come. */
async function follow (t: Test, options: { silenceMs?: number } = {}) {
  const server = new WireServer()
  await server.listen()
  server.snapshots.set(conversationId, sampleSnapshot())
  const got = { snapshots: [] as ConversationSnapshot[], events: [] as NumberedEvent[], logs: [] as TaskLog[], connections: [] as Connection[] }
  const waiting = new Set<() => void>()
  const put = <Item>(list: Item[]) => (item: Item) => {
    list.push(item)
    for (const wake of waiting) wake()
  }
  const following = followConversation({
    api: createApi({ origin: server.url, openedFor: null, onUnauthorized () {} }),
    origin: server.url,
    openedFor: null,
    conversationId,
    onSnapshot: put(got.snapshots),
    onEvent: put(got.events),
    onLog: put(got.logs),
    onConnection: put(got.connections),
    random: () => 0,
    ...options
  })
  t.teardown(async () => {
    following.close()
    await server.close()
  })
  async function until (condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        waiting.add(resolve)
      })
      waiting.clear()
    }
  }
  const streams = () => server.seen.filter(({ path }) => path.endsWith('/stream'))
  const live = () => got.connections.at(-1)?.kind === 'live'
  await until(live)
  return { server, following, got, until, streams, live }
}

t.test('the stream goes on where the snapshot ends', async (t) => {
  const { server, got, until, streams } = await follow(t)
  server.send(conversationId, titled('First'), titled('Second'))
  await until(() => got.events.length === 2)
  t.same(got.events, [{ seq: 11, event: titled('First') }, { seq: 12, event: titled('Second') }])
  t.same(streams().map(({ cursor }) => cursor), ['10'])
})

t.test('a dropped stream is taken up at the last event, with no gap', async (t) => {
  const { server, got, until, streams, live } = await follow(t)
  server.send(conversationId, titled('One'))
  await until(() => got.events.length === 1)
  server.dropStreams()
  await until(() => !live())
  server.send(conversationId, titled('Two'))
  await until(() => got.events.length === 2)
  t.same(got.events.map(({ seq }) => seq), [11, 12])
  t.same(streams().map(({ cursor }) => cursor), ['10', '11'])
  t.equal(got.snapshots.length, 1, 'the snapshot is not read again')
})

t.test('503s are waited out, and a wake tries at once', async (t) => {
  const { server, got, until, following, live } = await follow(t)
  server.streamsDown = true
  server.dropStreams()
  await until(() => got.connections.filter(({ kind }) => kind === 'reconnecting').length >= 5)
  server.streamsDown = false
  following.wake()
  const woken = performance.now()
  await until(live)
  t.ok(performance.now() - woken < 3_000, 'sooner than the backoff, which after five tries is 3.2 s at least')
})

t.test('a server that restarts is found again', async (t) => {
  const { server, got, until, live } = await follow(t)
  await server.close()
  await until(() => !live())
  await server.listen()
  await until(live)
  server.send(conversationId, titled('After'))
  await until(() => got.events.length === 1)
})

t.test('goodbye comes back by itself, reset reads the snapshot again', async (t) => {
  const { server, got, until, live } = await follow(t)
  server.sendControl(conversationId, 'goodbye')
  await until(() => !live())
  await until(live)
  t.equal(got.snapshots.length, 1)
  server.snapshots.set(conversationId, { ...sampleSnapshot(), seq: 500 })
  server.sendControl(conversationId, 'reset')
  await until(() => got.snapshots.length === 2)
  await server.until(() => server.seen.some(({ cursor }) => cursor === '500'))
  t.equal(got.snapshots[1]?.seq, 500)
})

t.test('a silent stream is given up', async (t) => {
  const { until, streams, server, live } = await follow(t, { silenceMs: 60 })
  await until(() => !live())
  await server.until(() => streams().length >= 2)
  t.pass('another was opened')
})

t.test('log lines travel beside the numbered events', async (t) => {
  const { server, got, until } = await follow(t)
  const log: TaskLog = { task_id: 'task-1', from: 3, total: 4, lines: [{ at: 'now', level: 'info', attempt: 1, message: 'line' }] }
  server.sendControl(conversationId, 'log', log)
  await until(() => got.logs.length === 1)
  t.same(got.logs, [log])
})

t.test('401 and 404 end the following instead of asking for ever', async (t) => {
  for (const [status, kind] of [[401, 'signed-out'], [404, 'missing']] as const) {
    const { server, got, until, streams } = await follow(t)
    server.refusal = { status }
    server.dropStreams()
    await until(() => got.connections.at(-1)?.kind === kind)
    const asked = streams().length
    await new Promise(setImmediate)
    t.equal(streams().length, asked)
  }
})

t.test('frames without a number, comments and unknown names do no harm; broken JSON is read again', async (t) => {
  const { server, got, until, live } = await follow(t)
  server.sendRaw(conversationId, ': hb\n\nevent: task\ndata: {}\n\ndata: x\n\n')
  server.sendRaw(conversationId, 'id: 11\nevent: conversation\ndata: {"title":\n\n')
  await until(() => !live())
  await until(live)
  server.send(conversationId, titled('Whole'))
  await until(() => got.events.length === 1)
  t.same(got.events, [{ seq: 11, event: titled('Whole') }])
})

t.test('waits double from 0.4 s to 15 s, and are spread', async (t) => {
  t.same([0, 1, 2, 3, 4, 5, 6, 50].map((failures) => backoff(failures, () => 1)), [400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000])
  t.same([0, 6].map((failures) => backoff(failures, () => 0)), [200, 7_500])
})
