import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import t, { type Test } from 'tap'
import { eventsOf, readFrames } from './event-reader.ts'
import { listenToLog } from './listen-to-log.ts'
import { orchestrate } from './orchestrator.ts'

const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, index) => from + index)

t.test('two hundred readers, of all tasks and of one, each see every event once and in order', async (t) => {
  const cortex = await orchestrate(t)
  const id = await cortex.create()
  const ready = Promise.withResolvers<void>()
  let waiting = 200
  const follow = (path: string, seen: number) => readFrames(t, `${cortex.url}${path}?after=1`, (frame, all) => {
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

t.test('many readers that come back behind leave the process time for everything else', async (t) => {
  const [behind, crowd] = [150, 60]
  const cortex = await orchestrate(t)
  await Promise.all(Array.from({ length: behind }, () => cortex.create()))
  const { hostname, port } = new URL(cortex.url)
  const sockets = await Promise.all(Array.from({ length: crowd }, async () => {
    const socket = connect({ host: hostname, port: Number(port) })
    t.teardown(() => socket.destroy())
    // Asked for something before, so that the server has all of them at hand and takes all that they ask next in one go.
    socket.write(`GET /livez HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`)
    await once(socket, 'data')
    return socket
  }))
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  const asked = performance.now()
  await Promise.all(sockets.map(async (socket) => {
    socket.write(`GET /v1/events?after=0 HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`)
    const seen: number[] = []
    let rest = ''
    for await (const bytes of socket as AsyncIterable<Buffer>) {
      const lines = (rest + bytes.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.startsWith('id: ')) seen.push(Number(line.slice(4)))
      if (seen.length >= behind) break
    }
    t.same(seen, upTo(behind))
  }))
  const all = performance.now() - asked
  delays.disable()
  t.ok(delays.max / 1e6 < all / 2, `held up for ${delays.max / 1e6} ms at the longest, of ${all} ms`)
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
  const rest = eventsOf(await readFrames(t, `${cortex.url}/v1/events`, ({ id }) => id === String(newest), { 'last-event-id': String(last) }))
  t.same(rest.map(({ seq }) => seq), upTo(newest, last + 1))
})

t.test('a reader that is slow while it catches up is waited for, and sees what is committed meanwhile after it', async (t) => {
  const cortex = await orchestrate(t)
  for (let index = 0; index < 60; index++) await cortex.create(big)
  const reader = await openUnread(t, cortex.url)
  for (let index = 0; index < 10; index++) await cortex.create()
  t.same(await reader.read(70), upTo(70))
})
