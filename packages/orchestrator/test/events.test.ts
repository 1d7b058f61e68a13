import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { TaskEvent } from '@cortex/contracts'
import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream'
import t, { type Test } from 'tap'
import { listenToLog } from './listen-to-log.ts'
import { only, orchestrate, result } from './orchestrator.ts'

/** A reader of the stream: frames as they come, until `until` says enough. */
async function read (t: Test, url: string, until: (frame: EventSourceMessage, frames: EventSourceMessage[]) => boolean, headers: Record<string, string> = {}): Promise<EventSourceMessage[]> {
  const controller = new AbortController()
  t.teardown(() => controller.abort())
  const response = await fetch(url, { headers, signal: controller.signal })
  t.equal(response.status, 200)
  const frames: EventSourceMessage[] = []
  for await (const frame of response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()) ?? []) {
    frames.push(frame)
    if (until(frame, frames)) break
  }
  controller.abort()
  return frames
}

const eventsOf = (frames: EventSourceMessage[]) => frames.filter(({ id }) => id !== undefined).map(({ data }) => JSON.parse(data) as TaskEvent)

t.test('every change is an event with its own seq and the whole record', async (t) => {
  const cortex = await orchestrate(t)
  const frames = read(t, `${cortex.url}/v1/events?after=0`, (_, all) => eventsOf(all).some(({ task }) => task.status === 'completed'))
  const id = await cortex.create()
  const { lease_id: lease } = only(await cortex.lease())
  await cortex.report(lease, { progress: { percent: 50, step: 'Half' }, log: [{ at: new Date().toISOString(), level: 'output', message: 'half' }] })
  await cortex.end(lease, { kind: 'completed', result })
  const all = await frames
  t.match(all[0], { event: 'ready' })
  t.equal(all[0]?.id, undefined)
  const events = eventsOf(all)
  t.same(events.map(({ seq }) => seq), events.map((_, index) => index + 1))
  t.same(events.map(({ type, task }) => `${type} ${task.status}`), ['task.created queued', 'task.changed queued', 'task.changed in_progress', 'task.progress in_progress', 'task.changed completed'])
  t.match(JSON.parse(all.find(({ event }) => event === 'task.log')?.data ?? ''), { task_id: id, from: 0, lines: [{ level: 'output', message: 'half' }], total: 1 })
})

t.test('a reader that comes back with its last id sees no gap and no repeat, also while events pour in and across a restart', async (t) => {
  const first = await orchestrate(t)
  const writing = (async () => { for (let index = 0; index < 120; index++) await first.create({ title: `Task ${index}` }) })()
  const seqs: number[] = []
  let cursor = 0
  while (seqs.length < 120) {
    const take = 1 + (seqs.length % 7)
    for (const { seq } of eventsOf(await read(t, `${first.url}/v1/events`, (_, all) => eventsOf(all).length >= Math.min(take, 120 - seqs.length), { 'last-event-id': String(cursor) }))) {
      seqs.push(seq)
      cursor = seq
    }
  }
  await writing
  t.same(seqs, seqs.map((_, index) => index + 1))
  await first.stop()
  const second = await orchestrate(t, { home: first.home })
  const id = await second.create()
  t.match(eventsOf(await read(t, `${second.url}/v1/events?after=${cursor}`, ({ id }) => id !== undefined)), [{ seq: cursor + 1, task_id: id }])
})

t.test('a cursor this store never gave out is told to read anew', async (t) => {
  const cortex = await orchestrate(t)
  await cortex.create()
  const frames = await read(t, `${cortex.url}/v1/events?after=999`, ({ event }) => event === 'reset')
  t.same(JSON.parse(frames.at(-1)?.data ?? ''), { seq: 1 })
  t.match(await cortex.send('GET', '/v1/events?after=abc'), { status: 400 })
})

t.test('one task can be followed alone', async (t) => {
  const cortex = await orchestrate(t)
  const id = await cortex.create()
  const frames = read(t, `${cortex.url}/v1/tasks/${id}/events?after=0`, (_, all) => eventsOf(all).some(({ task }) => task.status === 'cancelled'))
  await cortex.create()
  await cortex.call('cortex_cancel_task', { task_id: id })
  t.same([...new Set(eventsOf(await frames).map((event) => event.task_id))], [id])
  t.match(await cortex.send('GET', '/v1/tasks/nothing/events'), { status: 404 })
})

t.test('a stop says goodbye to its readers and waits for none of them', async (t) => {
  const cortex = await orchestrate(t)
  const frames = read(t, `${cortex.url}/v1/events`, ({ event }, all) => {
    if (all.length === 1) void cortex.stop()
    return event === 'goodbye'
  })
  t.equal((await frames).at(-1)?.event, 'goodbye')
  await cortex.stop()
})

t.test('a reader of one task that comes back with its last id sees what it missed of that task, whatever its first URL said', async (t) => {
  const cortex = await orchestrate(t)
  const id = await cortex.create()
  const [first] = eventsOf(await read(t, `${cortex.url}/v1/tasks/${id}/events?after=0`, (frame) => frame.id !== undefined))
  await cortex.create()
  const { lease_id: lease } = (await cortex.lease()).find(({ task }) => task.id === id) ?? { lease_id: '' }
  await cortex.end(lease, { kind: 'completed', result })
  const missed = eventsOf(await read(t, `${cortex.url}/v1/tasks/${id}/events?after=0`, (_, all) => eventsOf(all).length === 3, { 'last-event-id': String(first?.seq) }))
  t.same(missed.map((event) => event.task_id), [id, id, id])
  t.ok(missed.every(({ seq }, index) => seq > (missed[index - 1]?.seq ?? first?.seq ?? 0)))
  t.equal(missed.at(-1)?.task.status, 'completed')
})

t.test('two hundred readers, of all tasks and of one, each see every event once and in order', async (t) => {
  const cortex = await orchestrate(t)
  const id = await cortex.create()
  const ready = Promise.withResolvers<void>()
  let waiting = 200
  const follow = (path: string, seen: number) => read(t, `${cortex.url}${path}?after=1`, (frame, all) => {
    if (frame.event === 'ready' && --waiting === 0) ready.resolve()
    return eventsOf(all).length === seen
  })
  const ofAll = Array.from({ length: 100 }, () => follow('/v1/events', 21))
  const ofOne = Array.from({ length: 100 }, () => follow(`/v1/tasks/${id}/events`, 1))
  await ready.promise
  await Promise.all(Array.from({ length: 20 }, () => cortex.create()))
  await cortex.call('cortex_cancel_task', { task_id: id })
  const expected = Array.from({ length: 21 }, (_, index) => index + 2)
  for (const frames of await Promise.all(ofAll)) t.same(eventsOf(frames).map(({ seq }) => seq), expected)
  for (const frames of await Promise.all(ofOne)) t.match(eventsOf(frames), [{ seq: 22, task: { id, status: 'cancelled' } }])
})

/** A reader that asked for the events from the first one on and reads nothing until it is told to. */
async function openUnread (t: Test, url: string) {
  const asked = get(`${url}/v1/events?after=0`)
  t.teardown(() => asked.destroy())
  const [response] = await once(asked, 'response') as [IncomingMessage]
  return {
    /** Reads on until the stream was cut off, or up to `last`, and answers the ids that came. */
    async read (last = Infinity): Promise<number[]> {
      const ids: number[] = []
      try {
        const text = Readable.toWeb(response).pipeThrough(new TextDecoderStream() as TransformStream<unknown, string>)
        for await (const { id } of text.pipeThrough(new EventSourceParserStream())) {
          if (id !== undefined) ids.push(Number(id))
          if (Number(id) === last) break
        }
      } catch {
        // Cut off in the middle of a frame, as it must be.
      }
      return ids
    }
  }
}

const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, index) => from + index)
const big = { description: 'x'.repeat(250_000) }

t.test('a reader that reads nothing is cut off, and comes back with its last id to see no gap and no repeat', async (t) => {
  const log = listenToLog()
  const cortex = await orchestrate(t, { logger: log.logger })
  const reader = await openUnread(t, cortex.url)
  const dropped = new AbortController()
  void log.line(/too slow/).then(() => dropped.abort())
  // More than the buffers of both ends take, and then more than is kept for it.
  let newest = 0
  while (!dropped.signal.aborted && newest < 400) {
    await cortex.create(big)
    newest++
  }
  t.ok(dropped.signal.aborted)
  const seen = await reader.read()
  const last = seen.at(-1) ?? 0
  t.ok(last > 0 && last < newest)
  t.same(seen, upTo(last))
  const rest = eventsOf(await read(t, `${cortex.url}/v1/events`, ({ id }) => id === String(newest), { 'last-event-id': String(last) }))
  t.same(rest.map(({ seq }) => seq), upTo(newest, last + 1))
})

t.test('a reader that is slow while it catches up is waited for, and sees what is committed meanwhile after it', async (t) => {
  const cortex = await orchestrate(t)
  for (let index = 0; index < 60; index++) await cortex.create(big)
  const reader = await openUnread(t, cortex.url)
  for (let index = 0; index < 10; index++) await cortex.create()
  t.same(await reader.read(70), upTo(70))
})
